import type { WireThread, WireThreadPage } from '../../shared/wire';

export interface LoadedThreads {
  readonly threads: readonly WireThread[];
  readonly nextBefore: string | null;
}

/**
 * The fresh first page, followed by what was loaded below it before, if it reaches that. If it does not, there may be
 * conversations between the two: the list goes on below the fresh page then, or nothing would ever load them. A conversation
 * that moved up is not shown twice.
 */
export function mergePages(old: LoadedThreads, fresh: WireThreadPage): LoadedThreads {
  const { threads, nextBefore } = fresh;
  // A search that has looked far without finding anything; what was found further down stays.
  if (threads.length === 0 && nextBefore !== null && old.threads.length > 0) return old;
  const below = nextBefore === null ? [] : rowsBelow(old.threads, threads);
  return below.length > 0 ? { threads: [...threads, ...below], nextBefore: old.nextBefore } : { threads, nextBefore };
}

/** The next page below the list, unless the list goes on at another place by now than where the page was asked for. */
export function appendPage(shown: LoadedThreads, page: WireThreadPage, before: string | null): LoadedThreads {
  if (shown.nextBefore !== before) return shown;
  // In results a conversation may come again with an older message of its.
  const known = new Set(shown.threads.map(({ id }) => id));
  return {
    threads: [...shown.threads, ...page.threads.filter(({ id }) => !known.has(id))],
    nextBefore: page.nextBefore,
  };
}

/**
 * What was loaded below a fresh page. Both lists are without gaps: from a row that stands at the same place in both, the fresh one
 * is whole as far as it goes, and the old one goes on. Without such a row nothing is known of what lies between them.
 */
function rowsBelow(old: readonly WireThread[], fresh: readonly WireThread[]): readonly WireThread[] {
  const now = new Map(fresh.map((thread) => [thread.id, thread]));
  const shared = old.findLastIndex((thread) => isAtSamePlace(thread, now.get(thread.id)));
  const end = fresh.at(-1);
  if (shared < 0 || !end) return [];
  return old.slice(shared + 1).filter(({ id, lastMessageAt }) => !now.has(id) && lastMessageAt <= end.lastMessageAt);
}

/** Nothing has come to the conversation: times alone may be the same of a mail that came within the same second. */
function isAtSamePlace(before: WireThread, now: WireThread | undefined): boolean {
  return now?.lastMessageAt === before.lastMessageAt && now.newestId === before.newestId;
}
