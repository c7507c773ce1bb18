import { nextAccountState } from '../accounts/account-state';
import { isPausedByServer } from '../accounts/server-pause';
import { asMailError, type MailError } from '../errors/mail-error';
import { decide, isOrdinaryEnd } from '../errors/decide';
import type { AccountId } from '../mail/ids';
import type { AccountRow, FolderRow } from '../ports/records';
import { leadToSame, type ProviderSettings } from '../ports/provider';
import type { WakeReason } from '../ports/runtime';
import type { MailboxSession } from '../ports/session';
import { MOST_ATTEMPTS } from './deepen-folder';
import { keepIndexed } from './index-messages';
import { pushOperations } from './push-operations';
import { IS_OVER, Rethreading } from './rethread-account';
import { catchUp, syncAccount, syncNow, tidy, type AccountSyncPorts } from './sync-account';
import type { SyncPorts } from './sync-folder';
import type { WorkerPorts } from './worker-ports';

export type { WorkerPorts };

const MISCONFIGURED_RETRY_MS = 10 * 60_000;
const READ_FOR_MS = 10_000;
/** A new message that the server counts and does not show yet is looked for so much later, and then at the next pass (Q6). */
const LOOK_AGAIN_MS: readonly number[] = [2_000, 10_000, 30_000];
const QUIET_LINE_MS = 6 * 60 * 60_000;

/** Works on one account for as long as this node holds its lease: connect, bring up to date, wait for changes, repeat. */
export class AccountWorker {
  private wake = new AbortController();
  private readonly wanted = new Set<WakeReason>();
  private readonly rethreading = new Rethreading((error, messages) =>
    this.ports.log.error('rethread-failed', error, { accountId: this.id, messages }),
  );
  private isLeft = false;
  private sweptAt: number | null = null;
  /** When `synced` was logged, while nothing else was since. */
  private quietSince: number | null = null;

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
    while (!this.signal.aborted && !this.isLeft) {
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
    const startedAt = this.ports.clock.now();
    // A pass asked for from here on, also while this attempt is failing, is a new wish and gets its own attempt.
    const isAsked = this.wanted.delete('pass');
    try {
      if (isAsked) await this.ports.store.forgetAttempts(account.id, MOST_ATTEMPTS);
      const { connection } = await this.ports.connections.of(account);
      const session = await this.ports.connections.open(account, this.signal);
      const close = (): void => void session.close();
      this.signal.addEventListener('abort', close, { once: true });
      try {
        const fresh = (): ReturnType<SyncPorts['freshSession']> => this.ports.freshSession(account);
        await this.follow(account, session, fresh, connection.settings);
      } finally {
        this.signal.removeEventListener('abort', close);
        await session.close();
      }
    } catch (error) {
      if (!this.signal.aborted) await this.failed(account, asMailError(error), startedAt);
    }
  }

  /** A pass, then what is still to be read, then IDLE on the inbox until the poll interval is over or somebody asks for more. */
  private async follow(
    account: AccountRow,
    session: MailboxSession,
    fresh: SyncPorts['freshSession'],
    settings: ProviderSettings,
  ): Promise<void> {
    while (!this.signal.aborted) {
      // Saved by the administrator meanwhile: another server wants another connection.
      if (!leadToSame(settings, (await this.ports.connections.of(account)).connection.settings)) return;
      if (this.wanted.delete('pass')) await this.ports.store.forgetAttempts(account.id, MOST_ATTEMPTS);
      if (this.wake.signal.aborted) this.wake = new AbortController();
      const current = (await this.ports.accounts.byId(account.id)) ?? account;
      const ports = this.syncPorts(current, session, fresh);
      await this.push(current, ports);
      await syncAccount(current, ports);
      if (this.signal.aborted) return;
      await this.recover(current);
      await this.stayWith(current, session, ports, this.ports.clock.now() + settings.pollMinutes * 60_000);
    }
  }

  private async stayWith(
    account: AccountRow,
    session: MailboxSession,
    ports: AccountSyncPorts,
    until: number,
  ): Promise<void> {
    const { clock } = this.ports;
    let hints: readonly number[] = [];
    let isRead = false;
    let looksBehind = 0;
    for (;;) {
      const leftMs = until - clock.now();
      if (this.signal.aborted || leftMs <= 0) return;
      if (this.wake.signal.aborted) this.wake = new AbortController();
      const { inbox, isBehind } = await this.refresh(account, hints, ports);
      looksBehind = isBehind ? looksBehind + 1 : 0;
      hints = [];
      // A large mailbox takes hours to read; between two slices of that, what is new comes first.
      const end = clock.now() + READ_FOR_MS;
      const mayGoOn = (): boolean => clock.now() < end && !this.wake.signal.aborted && !this.wanted.has('pass');
      isRead ||= await this.read(account, ports, mayGoOn);
      const isIndexed = this.signal.aborted || (await keepIndexed(account, this.ports, mayGoOn));
      // Asked after reading some: who asks for a pass all the time must not keep mail from being read.
      if (this.wanted.has('pass')) return;
      if (!isRead || !isIndexed) continue;
      if (!inbox) return this.rest(leftMs);
      hints = await this.idle(session, inbox, Math.min(leftMs, LOOK_AGAIN_MS[looksBehind - 1] ?? leftMs));
      if (this.wanted.has('pass')) return;
    }
  }

  private async read(account: AccountRow, ports: AccountSyncPorts, mayGoOn: () => boolean): Promise<boolean> {
    const isRead = await catchUp(account, ports, mayGoOn);
    if (isRead && !this.signal.aborted) await this.succeed(account, ports);
    return isRead;
  }

  /** What was done here goes to the server, and what came into the inbox is read. */
  private async refresh(
    account: AccountRow,
    hints: readonly number[],
    ports: AccountSyncPorts,
  ): Promise<{ inbox: FolderRow | null; isBehind: boolean }> {
    await this.push(account, ports);
    if (this.wanted.delete('sent')) await this.syncSent(account, ports);
    const inbox = await this.inboxOf(account);
    return { inbox, isBehind: inbox !== null && (await syncNow(account, inbox, hints, ports)) };
  }

  private async idle(session: MailboxSession, inbox: FolderRow, leftMs: number): Promise<readonly number[]> {
    const timer = new AbortController();
    const stop = AbortSignal.any([timer.signal, this.wake.signal, this.signal]);
    const ring = this.ports.clock.sleep(leftMs, stop).then(() => timer.abort());
    const change = await session.waitForChange(inbox.path, stop).finally(() => timer.abort());
    await ring;
    return change.hints;
  }

  /** Changes made here go to the server; folders where moved mails must be looked for are looked at. */
  private async push(account: AccountRow, ports: AccountSyncPorts): Promise<void> {
    const refused = async (folder: FolderRow, error: MailError): Promise<void> => {
      await this.ports.store.markFolder(folder, error.code, this.ports.clock.now());
      await this.note(account, 'operation-refused', { folderId: folder.id, code: error.code });
      ports.changed();
    };
    for (const folder of await pushOperations(account.id, { ...ports, refused }))
      await syncNow(account, folder, [], ports);
  }

  private inboxOf(account: AccountRow): Promise<FolderRow | null> {
    return this.ports.store.folderOfRole(account.id, 'inbox');
  }

  private async syncSent(account: AccountRow, ports: AccountSyncPorts): Promise<void> {
    const sent = await this.ports.store.folderOfRole(account.id, 'sent');
    if (sent) await syncNow(account, sent, [], ports);
  }

  private syncPorts(
    account: AccountRow,
    session: MailboxSession,
    freshSession: SyncPorts['freshSession'],
  ): AccountSyncPorts {
    const { store, clock, live } = this.ports;
    return {
      session,
      freshSession,
      store,
      signal: this.signal,
      rethreading: this.rethreading,
      now: () => clock.now(),
      changed: () => live.changed(account.userId, { accountId: account.id, topic: 'mail' }),
      folderFailed: async (folder, error) => {
        await store.markFolder(folder, error.code, clock.now());
        await this.note(account, 'folder-failed', { folderId: folder.id, code: error.code });
      },
      folderLooked: async ({ folder, strategy, listed, changed, forgotten }, _why) => {
        if (listed + changed + forgotten === 0) return;
        const counts = { listed, changed, forgotten };
        await this.note(account, `looked-${strategy.kind}`, { folderId: folder.id, counts });
      },
    };
  }

  private note(
    account: AccountRow,
    event: string,
    more: { folderId?: FolderRow['id']; code?: string; counts?: Record<string, number> } = {},
  ): Promise<void> {
    this.quietSince = null;
    return this.ports.syncLog.write({ accountId: account.id, userId: account.userId, event, ...more });
  }

  /** One line is enough for hours in which nothing happens. */
  private async noteSynced(account: AccountRow): Promise<void> {
    const now = this.ports.clock.now();
    if (this.quietSince !== null && now - this.quietSince < QUIET_LINE_MS) return;
    await this.note(account, 'synced');
    this.quietSince = now;
  }

  /** A pass went through: the account is well, whatever is still to be read. */
  private async recover(account: AccountRow): Promise<void> {
    const { accounts, live, clock } = this.ports;
    const state = nextAccountState(account.state, 'succeeded');
    const well = { failingSince: null, notifiedAt: null, lastPassAt: clock.now() };
    const healthy = { errorCode: null, errorParams: null, attempts: 0, notBefore: null, ...well };
    await accounts.update(account.id, { ...healthy, ...(state === 'illegal' ? {} : { state }) });
    live.changed(account.userId, { accountId: account.id, topic: 'accounts' });
  }

  /** Everything is here. */
  private async succeed(account: AccountRow, ports: AccountSyncPorts): Promise<void> {
    this.sweptAt = await tidy(account, ports, this.sweptAt);
    await this.ports.accounts.update(account.id, { lastSyncAt: this.ports.clock.now() });
    await this.noteSynced(account);
    this.ports.live.changed(account.userId, { accountId: account.id, topic: 'accounts' });
  }

  private async failed(account: AccountRow, error: MailError, startedAt: number): Promise<void> {
    // Another node has the account now; what it writes counts.
    if (error.code === 'EMAIL_LEASE_LOST') return this.leave();
    const livedMs = this.ports.clock.now() - startedAt;
    if (isOrdinaryEnd(error.code, livedMs)) return;
    try {
      await this.fail(account, error);
    } catch (failure) {
      // The lease was lost, or the account unlinked, while the attempt was failing: nothing of it may be written.
      if (!IS_OVER.includes(asMailError(failure).code)) throw failure;
      this.leave();
    }
  }

  private async fail(account: AccountRow, error: MailError): Promise<void> {
    const { accounts, clock, live, log } = this.ports;
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
    const failingSince = current.failingSince ?? now;
    const failure = { errorCode: error.code, errorParams: error.params, attempts: attempts + 1, notBefore: at };
    await accounts.update(account.id, { ...failure, failingSince, ...(state === 'illegal' ? {} : { state }) });
    // After the fenced write: what a node without the lease met says nothing of the provider.
    if (decision.kind === 'misconfigured') await this.ports.misconfigured(account.provider, error);
    await this.note(account, 'failed', { code: error.code });
    log.error('sync-failed', error, { accountId: account.id, attempts: attempts + 1 });
    live.changed(account.userId, { accountId: account.id, topic: 'accounts' });
    await this.ports.tellOwner(account.id);
  }

  private leave(): void {
    this.isLeft = true;
  }

  private async rest(ms: number): Promise<void> {
    if (this.wake.signal.aborted && !this.signal.aborted) this.wake = new AbortController();
    await this.ports.clock.sleep(Math.min(ms, 2 ** 31 - 1), this.wake.signal);
  }
}
