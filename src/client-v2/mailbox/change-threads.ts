import type { WireThread } from '../../shared/wire';

type Mark = 'isStarred' | 'isUnread';

/** Another state of one conversation, or (`id` null) of all that are listed. */
export interface PatchChange {
  readonly kind: 'patch';
  readonly id: number | null;
  readonly patch: Partial<Pick<WireThread, Mark>>;
}

/** What somebody has just done to conversations of a list, or that it has failed; a new object each time. */
export type ThreadChange =
  | { readonly kind: 'gone' | 'back'; readonly id: number }
  | PatchChange
  | { readonly kind: 'unpatch'; readonly failed: PatchChange };

/** What a mark of a row was before a change, in case that fails. */
interface Patched {
  readonly by: PatchChange;
  readonly id: number;
  readonly mark: Mark;
  readonly was: boolean;
}

export interface ShownThreads {
  readonly threads: readonly WireThread[];
  /** Out of sight, in case they come back. */
  readonly gone: readonly WireThread[];
  /** In the order in which it was done. */
  readonly patched: readonly Patched[];
}

/** The list as it will be once the server has been asked again. Pure. */
export function changeThreads(shown: ShownThreads, change: ThreadChange): ShownThreads {
  if (change.kind === 'patch') return patchThreads(shown, change);
  if (change.kind === 'unpatch') return unpatchThreads(shown, change.failed);
  const { threads, gone } = shown;
  const others = threads.filter(({ id }) => id !== change.id);
  if (change.kind === 'gone')
    return { ...shown, threads: others, gone: [...gone, ...threads.filter(({ id }) => id === change.id)] };
  const row = gone.find(({ id }) => id === change.id);
  if (!row || others.length < threads.length) return shown;
  const sorted = [...threads, row].sort((a, b) => b.lastMessageAt - a.lastMessageAt || b.id - a.id);
  return { ...shown, threads: sorted, gone: gone.filter((one) => one !== row) };
}

/** Rows that the server has told of anew are as it says, whatever fails after that. */
export function readAgain<Shown extends ShownThreads>(shown: Shown, fresh: readonly WireThread[]): Shown {
  const ids = new Set(fresh.map(({ id }) => id));
  return { ...shown, patched: shown.patched.filter(({ id }) => !ids.has(id)) };
}

function patchThreads(shown: ShownThreads, by: PatchChange): ShownThreads {
  const isMeant = ({ id }: WireThread): boolean => by.id === null || by.id === id;
  const marks = Object.keys(by.patch) as Mark[];
  const patched = shown.threads
    .filter(isMeant)
    .flatMap((thread) => marks.map((mark) => ({ by, id: thread.id, mark, was: thread[mark] })));
  return {
    ...shown,
    threads: shown.threads.map((thread) => (isMeant(thread) ? { ...thread, ...by.patch } : thread)),
    patched: [...shown.patched, ...patched],
  };
}

/**
 * Each row as it was before a change that failed. Where the same mark was changed again since, that stays, and leads back to what was
 * before both if it fails as well.
 */
function unpatchThreads(shown: ShownThreads, failed: PatchChange): ShownThreads {
  const former = new Map<string, Patched>();
  const patched: Patched[] = [];
  for (const one of shown.patched) {
    const place = `${one.id} ${one.mark}`;
    const before = former.get(place);
    if (one.by === failed) former.set(place, one);
    else patched.push(before ? { ...one, was: before.was } : one);
    if (before) former.delete(place);
  }
  const restored = [...former.values()];
  const restore = (thread: WireThread): WireThread =>
    restored
      .filter(({ id }) => id === thread.id)
      .reduce<WireThread>((row, { mark, was }) => ({ ...row, [mark]: was }), thread);
  return { threads: shown.threads.map(restore), gone: shown.gone.map(restore), patched };
}
