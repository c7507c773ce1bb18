import { isPausedByServer } from '../accounts/server-pause';
import { asMailError, MailError } from '../errors/mail-error';
import { isOrdinaryEnd } from '../errors/decide';
import type { AccountId } from '../mail/ids';
import type { AccountRow, FolderRow } from '../ports/records';
import { leadToSame, type ProviderSettings } from '../ports/provider';
import type { WakeReason } from '../ports/runtime';
import type { MailboxSession } from '../ports/session';
import { beforePass, OwedTries } from './before-pass';
import { AccountRecord, isUnscathed } from './account-record';
import { keepIndexed } from './index-messages';
import { FolderTrouble } from './folder-trouble';
import { IdleTiming } from './idle-timing';
import { OwnChanges } from './own-changes';
import { IS_OVER, Rethreading } from './rethread-account';
import { portsOfPass, type Note } from './pass-ports';
import { ReadingTurn } from './reading-turn';
import { Stages, type Stage } from './stages';
import { catchUp, guarded, syncAccount, syncNow, tidy, type AccountSyncPorts } from './sync-account';
import type { SyncPorts, SyncReport } from './sync-folder';
import type { WorkerPorts } from './worker-ports';

const READ_FOR_MS = 10_000;
/** IDLE that has held so long is sound, after a failure. */
const STEADY_MS = 60_000;

/** What is known since the last pass. */
interface Stay {
  isRead: boolean;
  /** That everything was read was written down. */
  hasSucceeded: boolean;
}

/** Works on one account for as long as this node holds its lease: connect, bring up to date, wait for changes, repeat. */
export class AccountWorker {
  private wake = new AbortController();
  private readonly wanted = new Set<WakeReason>();
  private readonly rethreading = new Rethreading((error, messages) =>
    this.ports.log.error('rethread-failed', error, { accountId: this.id, messages }),
  );
  private readonly record: AccountRecord;
  private readonly trouble = new FolderTrouble();
  private readonly stages = new Stages();
  private readonly turn: ReadingTurn;
  private readonly changes: OwnChanges;
  private isLeft = false;
  private readonly tries = new OwedTries();
  /** Of the connection that is followed: ended where the mailbox is to be left alone. */
  private line = new AbortController();
  private stop: AbortSignal = this.line.signal;
  private sweptAt: number | null = null;
  constructor(
    private readonly id: AccountId,
    private readonly ports: WorkerPorts,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.wake.abort(), { once: true });
    this.record = new AccountRecord(ports);
    this.turn = new ReadingTurn(ports.reading, ports.clock);
    this.changes = new OwnChanges(ports, this.record);
  }

  /** Ends the current wait: for a whole pass, to tell the server about flags changed here, or to fetch a sent copy. A pause ends the connection. */
  poke(reason: WakeReason): void {
    this.wanted.add(reason);
    this.wake.abort();
    if (reason === 'pause') this.line.abort();
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
    this.stages.enter('pass');
    // What the row says was heeded.
    this.wanted.delete('pause');
    if (isUnscathed(account)) this.stages.wentWell('idle');
    // A pass asked for from here on, also while this attempt is failing, is a new wish and gets its own attempt.
    this.tries.owe(this.wanted.delete('pass'));
    try {
      const { connection } = await this.ports.connections.of(account);
      const session = await this.ports.connections.open(account, this.signal);
      const close = (): void => void session.close();
      this.line = new AbortController();
      this.stop = AbortSignal.any([this.signal, this.line.signal]);
      this.stop.addEventListener('abort', close, { once: true });
      try {
        await this.follow(account, session, () => this.ports.freshSession(account), connection.settings);
      } finally {
        this.stop.removeEventListener('abort', close);
        await session.close();
      }
    } catch (error) {
      const isPaused = this.wanted.delete('pause');
      const reason = isPaused ? new MailError('EMAIL_THROTTLED', { cause: error }) : asMailError(error);
      if (!this.signal.aborted) await this.failed(account, reason, startedAt);
    }
  }

  /** A pass, then what is still to be read, then IDLE on the inbox until the poll interval is over or somebody asks for more. */
  private async follow(
    account: AccountRow,
    session: MailboxSession,
    fresh: SyncPorts['freshSession'],
    settings: ProviderSettings,
  ): Promise<void> {
    while (!this.signal.aborted && !this.trouble.wantsAnother(session, this.ports.clock.now())) {
      // Saved by the administrator meanwhile: another server wants another connection.
      this.tries.owe(this.wanted.delete('pass'));
      const before = await beforePass(account, this.ports, !this.changes.areLast);
      const { account: current, waiting } = before;
      if (!leadToSame(settings, before.settings)) return;
      // Asked for on another connection of the account, and perhaps on another node: it means this one, too.
      if (isPausedByServer(current, this.ports.clock.now())) throw new MailError('EMAIL_THROTTLED');
      if (this.wake.signal.aborted) this.wake = new AbortController();
      const ports = this.syncPorts(current, session, fresh);
      const hasTold = waiting !== null && (await this.changes.push(current, ports, waiting));
      await syncAccount(current, ports, hasTold ? undefined : before.folders, () =>
        this.tries.settle(this.id, this.ports.store),
      );
      if (this.mustStop()) return;
      await this.record.recover(current);
      await this.wentWell('pass', current);
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
    const stay: Stay = { isRead: false, hasSucceeded: false };
    const timing = new IdleTiming();
    for (;;) {
      const leftMs = until - clock.now();
      if (this.mustStop() || leftMs <= 0) return;
      if (this.wake.signal.aborted) this.wake = new AbortController();
      this.stages.enter('reading');
      const { inbox, found, isBehind } = await this.refresh(account, hints, ports, stay);
      timing.looked(found, isBehind);
      hints = [];
      const isAllRead = await this.readOn(account, ports, stay);
      // Asked after reading some: who asks for a pass all the time must not keep mail from being read.
      if (this.wanted.has('pass')) return;
      if (!this.signal.aborted) await this.wentWell('reading', account);
      if (!isAllRead) continue;
      if (this.changes.areLast) await this.pushLate(account, ports);
      if (this.wake.signal.aborted) continue;
      if (!inbox) return this.restWithout(account, leftMs);
      const restMs = Math.min(timing.restMs(), leftMs);
      if (restMs > 0) await this.rest(restMs);
      hints = await this.idle(account, session, inbox, timing, leftMs - restMs);
      if (this.wanted.has('pass')) return;
    }
  }

  /** @throws MailError `EMAIL_THROTTLED` */
  private mustStop(): boolean {
    if (this.wanted.has('pause')) throw new MailError('EMAIL_THROTTLED');
    return this.signal.aborted;
  }

  /** Earlier failures are over where they happened. */
  private async wentWell(stage: Stage, account: AccountRow): Promise<void> {
    if (this.stages.wentWell(stage) && !isUnscathed(account)) await this.record.settleDown(account);
  }

  /** A slice of what is still to be read and indexed: a large mailbox takes hours, and what is new comes first. False when there is more. */
  private async readOn(account: AccountRow, ports: AccountSyncPorts, stay: Stay): Promise<boolean> {
    const { clock } = this.ports;
    if (!stay.isRead) {
      let end = clock.now() + READ_FOR_MS;
      const inTurn = (work: () => Promise<boolean>): Promise<boolean> =>
        this.turn.take([this.signal, this.wake.signal], () => {
          end = clock.now() + READ_FOR_MS;
          return work();
        });
      stay.isRead = await catchUp(account, { ...ports, inTurn }, () => this.mayGoOn(end));
      if (this.signal.aborted) return false;
      if (stay.isRead && !stay.hasSucceeded) await this.succeed(account, ports);
      stay.hasSucceeded ||= stay.isRead;
    }
    const end = clock.now() + READ_FOR_MS;
    const isIndexed = this.signal.aborted || (await keepIndexed(account, this.ports, () => this.mayGoOn(end)));
    return stay.isRead && isIndexed;
  }

  private mayGoOn(end: number): boolean {
    return this.ports.clock.now() < end && !this.wake.signal.aborted && !this.wanted.has('pass');
  }

  /** What was done here goes to the server, and what came into the inbox is read. */
  private async refresh(
    account: AccountRow,
    hints: readonly number[],
    ports: AccountSyncPorts,
    stay: Stay,
  ): Promise<{ inbox: FolderRow | null; found: number; isBehind: boolean }> {
    if (!this.changes.areLast) await this.changes.push(account, ports);
    if (this.wanted.delete('sent')) await this.syncSent(account, ports);
    const inbox = await this.ports.store.folderOfRole(account.id, 'inbox');
    // An inbox that cannot be looked at keeps neither other folders nor their bodies waiting; the next pass tries it again.
    let report: SyncReport | null = null;
    if (inbox && this.trouble.isResting(inbox, this.ports.clock.now()))
      return { inbox: null, found: 0, isBehind: false };
    if (inbox) await guarded(inbox, ports, async () => void (report = await syncNow(account, inbox, hints, ports)));
    const seen = report as SyncReport | null;
    if (!seen) return { inbox: null, found: 0, isBehind: false };
    // Of many that come at once only the headers are read with the look.
    if (seen.listed > 0) stay.isRead = false;
    return { inbox, found: seen.listed + seen.changed + seen.forgotten, isBehind: seen.isBehind };
  }

  private async idle(
    account: AccountRow,
    session: MailboxSession,
    inbox: FolderRow,
    timing: IdleTiming,
    leftMs: number,
  ): Promise<readonly number[]> {
    this.stages.enter('idle');
    const [began, timer] = [this.ports.clock.now(), new AbortController()];
    const stop = AbortSignal.any([timer.signal, this.wake.signal, this.signal]);
    const ms = Math.min(timing.longestMs(leftMs), this.stages.isSound ? leftMs : STEADY_MS);
    const ring = this.ports.clock.sleep(ms, stop).then(() => timer.abort());
    const change = await session.waitForChange(inbox.path, stop).finally(() => timer.abort());
    await ring;
    if (timing.held(this.ports.clock.now() - began, change)) await this.wentWell('idle', account);
    return change.hints;
  }

  private async pushLate(account: AccountRow, ports: AccountSyncPorts): Promise<void> {
    this.stages.enter('late-push');
    await this.changes.push(account, ports);
    await this.wentWell('late-push', account);
  }

  private async syncSent(account: AccountRow, ports: AccountSyncPorts): Promise<void> {
    const sent = await this.ports.store.folderOfRole(account.id, 'sent');
    if (sent) await guarded(sent, ports, async () => void (await syncNow(account, sent, [], ports)));
  }

  private syncPorts(
    account: AccountRow,
    session: MailboxSession,
    freshSession: SyncPorts['freshSession'],
  ): AccountSyncPorts {
    const { stop: signal, rethreading, trouble } = this;
    const note: Note = (event, more) => this.record.note(account, event, more);
    return portsOfPass(account, { ...this.ports, session, freshSession, signal, rethreading, trouble, note });
  }

  /** Everything that can be read is here. */
  private async succeed(account: AccountRow, ports: AccountSyncPorts): Promise<void> {
    const { sweptAt, troubled } = await tidy(account, ports, this.sweptAt);
    this.sweptAt = sweptAt;
    await this.ports.accounts.update(account.id, { lastSyncAt: this.ports.clock.now() });
    await this.record.noteSynced(account, troubled);
    this.ports.live.changed(account.userId, { accountId: account.id, topic: 'accounts' });
  }

  private async failed(account: AccountRow, error: MailError, startedAt: number): Promise<void> {
    // Another node has the account now; what it writes counts.
    if (error.code === 'EMAIL_LEASE_LOST') return void (this.isLeft = true);
    if (isOrdinaryEnd(error.code, this.ports.clock.now() - startedAt)) return;
    this.stages.failed();
    try {
      await this.record.fail(account, error);
    } catch (failure) {
      // The lease was lost, or the account unlinked, while the attempt was failing: nothing of it may be written.
      if (!IS_OVER.includes(asMailError(failure).code)) throw failure;
      this.isLeft = true;
    }
  }

  /** A failure of IDLE is over where there is none: nobody would know otherwise. */
  private async restWithout(account: AccountRow, ms: number): Promise<void> {
    await this.rest(ms);
    if (!this.signal.aborted) await this.wentWell('idle', account);
  }

  private async rest(ms: number): Promise<void> {
    if (this.wake.signal.aborted && !this.signal.aborted) this.wake = new AbortController();
    await this.ports.clock.sleep(Math.min(ms, 2 ** 31 - 1), this.wake.signal);
  }
}
