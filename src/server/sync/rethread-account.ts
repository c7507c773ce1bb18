import { asMailError, type MailError } from '../errors/mail-error';
import type { AccountId, MessageId } from '../mail/ids';
import type { MessageStore } from '../ports/stores';

const BATCH = 200;
/** So many messages that cannot be threaded say that something else is wrong than these messages. */
const MOST_SKIPPED = 20;
/** After these there is nothing left to do for a worker. */
export const IS_OVER: readonly string[] = ['EMAIL_LEASE_LOST', 'EMAIL_NOT_FOUND'];

/** What threading again needs of a worker. */
export interface RethreadPorts {
  readonly store: Pick<MessageStore, 'threadedEarlier' | 'rethread'>;
  readonly signal: AbortSignal;
  readonly changed: () => void;
}

/**
 * Threads mail again that earlier rules have threaded, for as long as a worker lives. It is housekeeping, and never decides how the account
 * is: a batch that fails is tried again with half of its messages, and one message that fails alone is left as it is until the next worker.
 */
export class Rethreading {
  private most = BATCH;
  private after = 0 as MessageId;
  private skipped = 0;

  /** @param failed hears of every batch that failed, with the number of its messages */
  constructor(private readonly failed: (error: MailError, messages: number) => void) {}

  /**
   * Batch by batch, until none is left or `mayGoOn` says that something else is due.
   * @returns false when there is more
   * @throws what ends the worker, and nothing else
   */
  async some(account: AccountId, ports: RethreadPorts, mayGoOn: () => boolean): Promise<boolean> {
    while (!ports.signal.aborted) {
      if (this.skipped >= MOST_SKIPPED || !(await this.batch(account, ports))) return true;
      if (!mayGoOn()) return false;
    }
    return false;
  }

  /** False when there is nothing to do, or not even that can be said now. */
  private async batch(account: AccountId, { store, changed }: RethreadPorts): Promise<boolean> {
    let seeds: readonly MessageId[] = [];
    try {
      seeds = await store.threadedEarlier(account, this.after, this.most);
      if (seeds.length === 0) return false;
      await store.rethread(account, seeds);
    } catch (error) {
      const failure = asMailError(error);
      if (IS_OVER.includes(failure.code)) throw error;
      this.failed(failure, seeds.length);
      this.makeWay(seeds);
      return seeds.length > 0;
    }
    this.most = Math.min(this.most * 2, BATCH);
    changed();
    return true;
  }

  private makeWay(seeds: readonly MessageId[]): void {
    this.most = Math.ceil(seeds.length / 2) || BATCH;
    if (seeds.length !== 1) return;
    // Oldest first: what lies before it is threaded already.
    [this.after] = seeds;
    this.skipped += 1;
    this.most = BATCH;
  }
}
