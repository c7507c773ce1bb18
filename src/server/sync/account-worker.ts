import type { Connections } from '../accounts/connections';
import { nextAccountState } from '../accounts/account-state';
import { isPausedByServer } from '../accounts/server-pause';
import { asMailError, type MailError } from '../errors/mail-error';
import { decide } from '../errors/decide';
import type { AccountId } from '../mail/ids';
import type { AccountRow, FolderRow } from '../ports/records';
import type { Clock, LiveBus, Log, WakeReason } from '../ports/runtime';
import type { MailboxSession } from '../ports/session';
import type { AccountStore, MessageStore, SyncLog } from '../ports/stores';
import { MOST_ATTEMPTS } from './deepen-folder';
import { pushIntents } from './push-intents';
import { syncAccount, syncNow, type AccountSyncPorts } from './sync-account';

export interface WorkerPorts {
  readonly accounts: AccountStore;
  readonly store: MessageStore;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly live: LiveBus;
  readonly log: Log;
  readonly syncLog: SyncLog;
  readonly misconfigured: (provider: string, error: MailError) => Promise<void>;
  readonly random: () => number;
}

const MISCONFIGURED_RETRY_MS = 10 * 60_000;

/** Works on one account for as long as this node holds its lease: connect, bring up to date, wait for changes, repeat. */
export class AccountWorker {
  private wake = new AbortController();
  private readonly wanted = new Set<WakeReason>();

  constructor(
    private readonly id: AccountId,
    private readonly ports: WorkerPorts,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.wake.abort(), { once: true });
  }

  /** Ends the current wait: for a whole pass, to tell the server about flags changed here, or to fetch a sent copy. */
  poke(reason: WakeReason): void {
    this.wanted.add(reason);
    this.wake.abort();
  }

  async run(): Promise<void> {
    while (!this.signal.aborted) {
      const account = await this.ports.accounts.byId(this.id);
      if (!account || (account.state !== 'active' && account.state !== 'backing-off')) return;
      const now = this.ports.clock.now();
      const waitMs = (account.notBefore ?? 0) - now;
      const mustWait = isPausedByServer(account, now) || !this.wanted.has('pass');
      if (waitMs > 0 && mustWait) await this.rest(waitMs);
      else await this.attempt(account);
    }
  }

  private async attempt(account: AccountRow): Promise<void> {
    // A pass asked for from here on, also while this attempt is failing, is a new wish and gets its own attempt.
    if (this.wanted.delete('pass')) await this.ports.store.forgetAttempts(account.id, MOST_ATTEMPTS);
    try {
      const { connection, provider } = await this.ports.connections.of(account);
      const open = async (): Promise<MailboxSession> => provider.openMailbox(connection);
      const session = await open();
      const close = (): void => void session.close();
      this.signal.addEventListener('abort', close, { once: true });
      try {
        await this.follow(account, session, open, connection.settings.pollMinutes * 60_000);
      } finally {
        this.signal.removeEventListener('abort', close);
        await session.close();
      }
    } catch (error) {
      if (!this.signal.aborted) await this.fail(account, asMailError(error));
    }
  }

  /** Full pass, then IDLE on the inbox until the poll interval is over or somebody asks for another pass. */
  private async follow(
    account: AccountRow,
    session: MailboxSession,
    open: () => Promise<MailboxSession>,
    pollMs: number,
  ): Promise<void> {
    while (!this.signal.aborted) {
      if (this.wanted.delete('pass')) await this.ports.store.forgetAttempts(account.id, MOST_ATTEMPTS);
      if (this.wake.signal.aborted) this.wake = new AbortController();
      const current = (await this.ports.accounts.byId(account.id)) ?? account;
      const ports = this.syncPorts(current, session, open);
      await syncAccount(current, ports);
      if (this.signal.aborted) return;
      await this.succeed(current);
      await this.watchInbox(current, session, ports, this.ports.clock.now() + pollMs);
    }
  }

  private async watchInbox(
    account: AccountRow,
    session: MailboxSession,
    ports: AccountSyncPorts,
    until: number,
  ): Promise<void> {
    for (;;) {
      const inbox = await this.inboxOf(account);
      const leftMs = until - this.ports.clock.now();
      if (this.signal.aborted || this.wanted.has('pass') || leftMs <= 0) return;
      if (!inbox) return this.rest(leftMs);
      if (this.wake.signal.aborted) this.wake = new AbortController();
      await pushIntents(account.id, ports);
      if (this.wanted.delete('sent')) await this.syncSent(account, ports);
      await syncNow(account, inbox, 'new', ports);
      const timer = new AbortController();
      const stop = AbortSignal.any([timer.signal, this.wake.signal, this.signal]);
      const ring = this.ports.clock.sleep(leftMs, stop).then(() => timer.abort());
      const change = await session.waitForChange(inbox.path, stop).finally(() => timer.abort());
      await ring;
      const fresh = (await this.inboxOf(account)) ?? inbox;
      if (change !== 'aborted') await syncNow(account, fresh, change, ports);
    }
  }

  private inboxOf(account: AccountRow): Promise<FolderRow | null> {
    return this.ports.store.folderOfRole(account.id, 'inbox');
  }

  private async syncSent(account: AccountRow, ports: AccountSyncPorts): Promise<void> {
    const sent = await this.ports.store.folderOfRole(account.id, 'sent');
    if (sent) await syncNow(account, sent, 'new', ports);
  }

  private syncPorts(
    account: AccountRow,
    session: MailboxSession,
    freshSession: () => Promise<MailboxSession>,
  ): AccountSyncPorts {
    const { store, clock, live, syncLog } = this.ports;
    return {
      session,
      freshSession,
      store,
      signal: this.signal,
      now: () => clock.now(),
      changed: () => live.changed(account.userId, { accountId: account.id, topic: 'mail' }),
      folderFailed: async (folder, error) => {
        await store.markFolder(folder.id, error.code);
        await syncLog.write({
          accountId: account.id,
          userId: account.userId,
          event: 'folder-failed',
          folderId: folder.id,
          code: error.code,
        });
      },
    };
  }

  private async succeed(account: AccountRow): Promise<void> {
    const { accounts, clock, live, syncLog } = this.ports;
    const state = nextAccountState(account.state, 'succeeded');
    const healthy = { errorCode: null, errorParams: null, attempts: 0, notBefore: null, lastSyncAt: clock.now() };
    await accounts.update(account.id, { ...healthy, ...(state === 'illegal' ? {} : { state }) });
    await syncLog.write({ accountId: account.id, userId: account.userId, event: 'synced' });
    live.changed(account.userId, { accountId: account.id, topic: 'accounts' });
  }

  private async fail(account: AccountRow, error: MailError): Promise<void> {
    const { accounts, clock, live, log, syncLog } = this.ports;
    const now = clock.now();
    // Read again: a pass that succeeded meanwhile has set the count back.
    const current = await accounts.byId(account.id);
    if (!current) return;
    const { attempts } = current;
    const decision = decide(error, attempts, new Date(now), this.ports.random());
    const event = decision.kind === 'reconnect' ? 'refused' : 'failed';
    const state = nextAccountState(current.state, event);
    const at =
      decision.kind === 'retry'
        ? decision.at.getTime()
        : now + (decision.kind === 'misconfigured' ? MISCONFIGURED_RETRY_MS : 1_000);
    if (decision.kind === 'misconfigured') await this.ports.misconfigured(account.provider, error);
    const failure = { errorCode: error.code, errorParams: error.params, attempts: attempts + 1, notBefore: at };
    await accounts.update(account.id, { ...failure, ...(state === 'illegal' ? {} : { state }) });
    await syncLog.write({ accountId: account.id, userId: account.userId, event: 'failed', code: error.code });
    log.error('sync-failed', error, { accountId: account.id, attempts: attempts + 1 });
    live.changed(account.userId, { accountId: account.id, topic: 'accounts' });
  }

  private async rest(ms: number): Promise<void> {
    if (this.wake.signal.aborted && !this.signal.aborted) this.wake = new AbortController();
    await this.ports.clock.sleep(Math.min(ms, 2 ** 31 - 1), this.wake.signal);
  }
}
