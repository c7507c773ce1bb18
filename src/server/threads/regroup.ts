import type { MessageId, ThreadId } from '../mail/ids';

/** A stored message, with the keys that today's rules give it. */
export interface Grouped {
  readonly id: MessageId;
  readonly threadId: ThreadId | null;
  readonly keys: readonly string[];
}

export interface Regrouped {
  /** Null: a new one is to be made. */
  readonly thread: ThreadId | null;
  /** By rising id. */
  readonly messages: readonly Grouped[];
}

/**
 * Puts whole conversations together anew: messages that share a key are one. Each thread belongs to the part that has most of its messages
 * (of equal ones, its oldest), and a part keeps the oldest thread that belongs to it: a link to a conversation never leads to another one,
 * and a conversation that stays what it was keeps its thread, whatever happens around it. Follows from the messages alone, in whatever
 * order they are given. Pure.
 */
export function regroup(messages: readonly Grouped[]): Regrouped[] {
  const groups = components([...messages].sort((a, b) => a.id - b.id));
  const kept = new Map<Grouped[], ThreadId>();
  for (const [thread, group] of owners(groups)) {
    const other = kept.get(group);
    if (other === undefined || thread < other) kept.set(group, thread);
  }
  return groups.map((group) => ({ thread: kept.get(group) ?? null, messages: group }));
}

/** The part to which each thread belongs. */
function owners(groups: readonly Grouped[][]): Map<ThreadId, Grouped[]> {
  const best = new Map<ThreadId, { group: Grouped[]; count: number; oldest: MessageId }>();
  for (const group of groups) {
    const mine = new Map<ThreadId, { count: number; oldest: MessageId }>();
    // By rising id: the first one is the oldest.
    for (const { id, threadId } of group) {
      if (threadId === null) continue;
      const { count, oldest } = mine.get(threadId) ?? { count: 0, oldest: id };
      mine.set(threadId, { count: count + 1, oldest });
    }
    for (const [thread, { count, oldest }] of mine) {
      const other = best.get(thread);
      const isBetter = !other || count > other.count || (count === other.count && oldest < other.oldest);
      if (isBetter) best.set(thread, { group, count, oldest });
    }
  }
  return new Map([...best].map(([thread, { group }]) => [thread, group]));
}

/** In the order of their first messages. */
function components(messages: readonly Grouped[]): Grouped[][] {
  const parents = messages.map((_message, at) => at);
  const root = (at: number): number => {
    let top = at;
    while (parents[top] !== top) top = parents[top];
    for (let next = at; parents[next] !== top;) [parents[next], next] = [top, parents[next]];
    return top;
  };
  const first = new Map<string, number>();
  for (const [at, { keys }] of messages.entries()) {
    for (const key of keys) {
      const other = root(first.get(key) ?? at);
      const mine = root(at);
      parents[Math.max(mine, other)] = Math.min(mine, other);
      if (!first.has(key)) first.set(key, at);
    }
  }
  const groups = new Map<number, Grouped[]>();
  for (const [at, message] of messages.entries()) {
    const group = groups.get(root(at));
    if (group) group.push(message);
    else groups.set(root(at), [message]);
  }
  return [...groups.values()];
}
