import type { WireThreadDetail, WireThreadPage } from '../../shared/wire';

/**
 * The newest message of each conversation that this browser was told of, and so the newest that its user can mean. What is stored afterwards, until
 * the page has been told of it, must not be archived or read unseen.
 */
export class SeenMessages {
  private readonly newest = new Map<number, number>();

  ofPage(page: WireThreadPage): WireThreadPage {
    for (const { id, newestId } of page.threads) this.note(id, newestId);
    return page;
  }

  ofThread(thread: WireThreadDetail): WireThreadDetail {
    for (const { id } of thread.messages) this.note(thread.id, id);
    return thread;
  }

  /** To be sent with a change of this conversation; nothing for one that was never shown. */
  upTo(thread: number): { readonly upTo?: number } {
    const upTo = this.newest.get(thread);
    return upTo === undefined ? {} : { upTo };
  }

  private note(thread: number, message: number): void {
    // A node of an earlier version does not say; then nothing is left out.
    if (Number.isSafeInteger(message) && message > (this.newest.get(thread) ?? 0)) this.newest.set(thread, message);
  }
}

const OF_APP = new WeakMap<object, SeenMessages>();

/** One for all lists and conversations of a page. */
export function seenMessagesOf(app: object): SeenMessages {
  const seen = OF_APP.get(app) ?? new SeenMessages();
  OF_APP.set(app, seen);
  return seen;
}
