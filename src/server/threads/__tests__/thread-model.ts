import type { ThreadId } from '../../mail/ids';
import { assignThread } from '../assign-thread';

/** Conversations in memory, kept as the store keeps them: every key points to its thread, and folded threads change their number. */
export class ThreadModel {
  private readonly keys = new Map<string, ThreadId>();
  private readonly placed = new Map<string, ThreadId>();
  private last = 0;

  /** `name` is the message in the result. */
  add(name: string, keys: readonly string[]): void {
    const { thread, merge } = assignThread(keys, this.keys);
    const mine = thread ?? ((this.last += 1) as ThreadId);
    for (const key of keys) this.keys.set(key, mine);
    for (const [key, its] of this.keys) if (merge.includes(its)) this.keys.set(key, mine);
    for (const [other, its] of this.placed) if (merge.includes(its)) this.placed.set(other, mine);
    this.placed.set(name, mine);
  }

  /** Names of the messages, conversation by conversation, in an order that does not depend on arrival. */
  conversations(): string[][] {
    const groups = new Map<ThreadId, string[]>();
    for (const [name, thread] of this.placed) groups.set(thread, [...(groups.get(thread) ?? []), name]);
    return [...groups.values()].map((group) => group.sort()).sort((a, b) => (a[0] < b[0] ? -1 : 1));
  }
}
