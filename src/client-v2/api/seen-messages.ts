import type { WireThreadDetail, WireThreadPage } from '../../shared/wire';

/** What was seen of a conversation, as a change of it says. */
export interface Seen {
  readonly upTo: number;
  readonly seenCount: number;
}

/**
 * The newest message of each conversation that this browser was told of, and so the newest that its user can mean, and how many they were. What is
 * stored afterwards, or joined to it, until the page has been told of it, must not be archived or read unseen.
 */
export class SeenMessages {
  private readonly seen = new Map<number, Seen>();

  ofPage(page: WireThreadPage): WireThreadPage {
    for (const { id, newestId, messageCount } of page.threads) this.note(id, newestId, messageCount);
    return page;
  }

  ofThread(thread: WireThreadDetail): WireThreadDetail {
    const ids = thread.messages.map(({ id }) => id);
    this.note(thread.id, Math.max(...ids), ids.length);
    return thread;
  }

  /** To be sent with a change of this conversation; nothing for one that was never shown. */
  of(thread: number): Seen | object {
    return this.seen.get(thread) ?? {};
  }

  private note(thread: number, upTo: number, seenCount: number): void {
    // A node of an earlier version does not say; then nothing is left out.
    if (Number.isSafeInteger(upTo) && upTo > 0 && upTo >= (this.seen.get(thread)?.upTo ?? 0))
      this.seen.set(thread, { upTo, seenCount });
  }
}

const OF_APP = new WeakMap<object, SeenMessages>();

/** One for all lists and conversations of a page. */
export function seenMessagesOf(app: object): SeenMessages {
  const seen = OF_APP.get(app) ?? new SeenMessages();
  OF_APP.set(app, seen);
  return seen;
}
