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
 * Puts whole conversations together anew: messages that share a key are one. Each keeps the oldest thread of its messages that no part with
 * an older message has taken, so a conversation that stays what it was keeps its thread, whatever happens around it. Follows from the
 * messages alone, in whatever order they are given. Pure.
 */
export function regroup(messages: readonly Grouped[]): Regrouped[] {
  const taken = new Set<ThreadId>();
  return components([...messages].sort((a, b) => a.id - b.id)).map((group) => {
    const free = group.flatMap(({ threadId }) => (threadId === null || taken.has(threadId) ? [] : [threadId]));
    const thread = free.length > 0 ? (Math.min(...free) as ThreadId) : null;
    if (thread !== null) taken.add(thread);
    return { thread, messages: group };
  });
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
