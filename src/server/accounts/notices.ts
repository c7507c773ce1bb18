import type { AccountId } from '../mail/ids';
import type { Notifier, StopKind } from '../ports/host';
import type { AccountRow } from '../ports/records';
import type { Clock, Log } from '../ports/runtime';
import type { AccountStore } from '../ports/stores';
import { isClosedForLong, whyStopped } from './account-health';

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
      if (!account) return;
      if (account.notifiedAt === null) await this.consider(account);
      if (account.state === 'active') await this.considerInbox(account);
    });
  }

  /** The same for all accounts. Never rejects. */
  sweep(): Promise<void> {
    return this.logged(async () => {
      for (const account of await this.ports.accounts.untold()) await this.consider(account);
    });
  }

  private async consider(account: AccountRow): Promise<void> {
    const { accounts, clock } = this.ports;
    const now = clock.now();
    const kind = whyStopped(account, now);
    if (kind === null || !(await accounts.claimNotice(account, now))) return;
    if (!(await this.notify(account, kind))) await accounts.releaseNotice(account.id, now);
  }

  /** An inbox that stays closed stops no account. Its worker asks whenever everything else is read, so nobody looks for it besides. */
  private async considerInbox(account: AccountRow): Promise<void> {
    const { accounts, clock } = this.ports;
    const now = clock.now();
    const inbox = await accounts.untoldInbox(account.id);
    if (!inbox || !isClosedForLong(inbox, now) || !(await accounts.claimInboxNotice(inbox, now))) return;
    if (!(await this.notify(account, 'inbox-closed'))) await accounts.releaseInboxNotice(inbox.id, now);
  }

  /** False when it failed. */
  private async notify({ id, userId, address }: AccountRow, kind: StopKind): Promise<boolean> {
    try {
      await this.ports.notifier.notify({ user: userId, kind, address });
      return true;
    } catch (error) {
      this.ports.log.error('notice-failed', error, { accountId: id });
      return false;
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
