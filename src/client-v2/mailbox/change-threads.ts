import type { WireThread } from '../../shared/wire';

/** What somebody has just done to one conversation of a list, or (`id` null) to all; a new object each time. */
export type ThreadChange =
  | { readonly kind: 'gone' | 'back'; readonly id: number }
  | {
      readonly kind: 'patch';
      readonly id: number | null;
      readonly patch: Partial<Pick<WireThread, 'isStarred' | 'isUnread'>>;
    };

export interface ShownThreads {
  readonly threads: readonly WireThread[];
  /** Out of sight, in case they come back. */
  readonly gone: readonly WireThread[];
}

/** The list as it will be once the server has been asked again. Pure. */
export function changeThreads({ threads, gone }: ShownThreads, change: ThreadChange): ShownThreads {
  const others = threads.filter(({ id }) => id !== change.id);
  if (change.kind === 'patch') {
    const isMeant = (id: number): boolean => change.id === null || change.id === id;
    return { threads: threads.map((thread) => (isMeant(thread.id) ? { ...thread, ...change.patch } : thread)), gone };
  }
  if (change.kind === 'gone')
    return { threads: others, gone: [...gone, ...threads.filter(({ id }) => id === change.id)] };
  const row = gone.find(({ id }) => id === change.id);
  if (!row || others.length < threads.length) return { threads, gone };
  const sorted = [...threads, row].sort((a, b) => b.lastMessageAt - a.lastMessageAt || b.id - a.id);
  return { threads: sorted, gone: gone.filter((one) => one !== row) };
}
