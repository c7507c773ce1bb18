import type { WireThreadDetail, WireThreadPage } from '../../shared/wire';

/** What was seen of a conversation, as a change of it says. */
export interface Seen {
  readonly upTo?: number;
  readonly joinCount?: number;
}

/**
 * The newest message of each conversation that this browser was told of, and so the newest that its user can mean, and how often others had been
 * joined to it. What is stored or joined afterwards, until the page has been told of it, must not be archived or read unseen. Both only grow, so an
 * older answer that comes later takes nothing back.
 */
export class SeenMessages {
  private readonly seen = new Map<number, Seen>();

  ofPage(page: WireThreadPage): WireThreadPage {
    for (const { id, newestId, joinCount } of page.threads) this.note(id, { upTo: newestId, joinCount });
    return page;
  }

  ofThread(thread: WireThreadDetail): WireThreadDetail {
    const { id, joinCount, messages } = thread;
    this.note(id, { upTo: messages.reduce((newest, message) => Math.max(newest, message.id), 0), joinCount });
    return thread;
  }

  /** To be sent with a change of this conversation; nothing for one that was never shown. */
  of(thread: number): Seen {
    return this.seen.get(thread) ?? {};
  }

  private note(thread: number, now: Seen): void {
    const known = this.of(thread);
    this.seen.set(thread, {
      ...atLeast('upTo', known.upTo, now.upTo || undefined),
      ...atLeast('joinCount', known.joinCount, now.joinCount),
    });
  }
}

/** The larger one; a node of an earlier version does not say, and then nothing is left out. */
function atLeast<Name extends keyof Seen>(name: Name, known: number | undefined, now: number | undefined): Seen {
  const said = [known, now].filter((one) => one !== undefined);
  return said.length === 0 ? {} : { [name]: Math.max(...said) };
}

const OF_APP = new WeakMap<object, SeenMessages>();

/** One for all lists and conversations of a page. */
export function seenMessagesOf(app: object): SeenMessages {
  const seen = OF_APP.get(app) ?? new SeenMessages();
  OF_APP.set(app, seen);
  return seen;
}
