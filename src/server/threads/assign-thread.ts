import type { ThreadId } from '../mail/ids';

/** Which thread a message joins, and which threads its ids prove to be one. */
export interface ThreadAssignment {
  /** null: a new thread begins. */
  readonly thread: ThreadId | null;
  /** Threads to fold into `thread`. */
  readonly merge: readonly ThreadId[];
}

/**
 * Joins messages by their ids (Message-ID, In-Reply-To, References; RFC 5322 §3.6.4), never by subject. `known` maps
 * an id, seen or only referred to, to its thread. The oldest thread wins, so any order of arrival ends in the same
 * conversation.
 */
export function assignThread(ids: readonly string[], known: ReadonlyMap<string, ThreadId>): ThreadAssignment {
  const threads = [...new Set(ids.flatMap((id) => known.get(id) ?? []))].sort((a, b) => a - b);
  const [thread = null, ...merge] = threads;
  return { thread, merge };
}
