import type { WireThread, WireThreadPage } from '../../shared/wire';

export interface LoadedThreads {
  readonly threads: readonly WireThread[];
  readonly nextBefore: string | null;
}

/** The fresh first page, followed by what was loaded below it before. A thread that moved up is not shown twice. */
export function mergePages(old: LoadedThreads, fresh: WireThreadPage): LoadedThreads {
  const end = fresh.threads.at(-1);
  // A search that has looked far without finding anything; what was found further down stays.
  if (!end && fresh.nextBefore !== null && old.threads.length > 0) return old;
  if (!end || fresh.nextBefore === null) return { threads: fresh.threads, nextBefore: fresh.nextBefore };
  const ids = new Set(fresh.threads.map((thread) => thread.id));
  const below = old.threads.filter((thread) => !ids.has(thread.id) && thread.lastMessageAt <= end.lastMessageAt);
  return { threads: [...fresh.threads, ...below], nextBefore: below.length > 0 ? old.nextBefore : fresh.nextBefore };
}
