import type { AccountId } from '../mail/ids';
import type { Notifier } from '../ports/host';
import type { AccountRow } from '../ports/records';
import type { Clock, Log } from '../ports/runtime';
import type { AccountStore } from '../ports/stores';
import { whyStopped } from './account-health';

const LOOK_EVERY_MS = 60_000;

export interface NoticePorts {
  readonly accounts: AccountStore;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly log: Log;
  readonly run: (name: string, task: () => Promise<void>) => void;
}

/**
 * Tells an owner once that a mailbox has stopped, and again only when it worked in between. Every node may run it: one conditional
 * statement decides who tells. A node that dies right after it won tells nobody; then the banner in the mailbox is what remains.
 */
export class Notices {
  private readonly stopping = new AbortController();

  constructor(private readonly ports: NoticePorts) {}

  /** Looks once a minute: a back-off grows long without anything happening, and a worker may die before it tells. */
  start(): void {
    this.ports.run('notices', async () => {
      while (!this.stopping.signal.aborted) {
        await this.sweep();
        await this.ports.clock.sleep(LOOK_EVERY_MS, this.stopping.signal);
      }
    });
  }

  stop(): void {
    this.stopping.abort();
  }

  /** Tells the owner of one account if there is something to tell. Never rejects. */
  tell(id: AccountId): Promise<void> {
    return this.logged(async () => {
      const account = await this.ports.accounts.byId(id);
      if (account && account.notifiedAt === null) await this.consider(account);
    });
  }

  /** The same for all accounts. Never rejects. */
  sweep(): Promise<void> {
    return this.logged(async () => {
      for (const account of await this.ports.accounts.untold()) await this.consider(account);
    });
  }

  private async consider(account: AccountRow): Promise<void> {
    const { accounts, notifier, clock } = this.ports;
    const now = clock.now();
    const kind = whyStopped(account, now);
    if (kind === null || !(await accounts.claimNotice(account, now))) return;
    try {
      await notifier.notify({ user: account.userId, kind, address: account.address });
    } catch (error) {
      this.ports.log.error('notice-failed', error, { accountId: account.id });
      await accounts.releaseNotice(account.id, now);
    }
  }

  private async logged(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.ports.log.error('notices-failed', error);
    }
  }
}
