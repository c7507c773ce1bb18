import type { ThreadId } from '../mail/ids';

/** Which thread a message joins, and which threads its ids prove to be one. */
export interface ThreadAssignment {
  /** null: a new thread begins. */
  readonly thread: ThreadId | null;
  /** Threads to fold into `thread`. */
  readonly merge: readonly ThreadId[];
}

/**
 * Joins a message by its keys (thread-keys.ts). `known` maps a key to its thread. The oldest thread wins, so any order of
 * arrival ends in the same conversation. Pure.
 */
export function assignThread(keys: readonly string[], known: ReadonlyMap<string, ThreadId>): ThreadAssignment {
  const threads = [...new Set(keys.flatMap((key) => known.get(key) ?? []))].sort((a, b) => a - b);
  const [thread = null, ...merge] = threads;
  return { thread, merge };
}
