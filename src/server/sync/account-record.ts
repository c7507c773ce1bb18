import { nextAccountState } from '../accounts/account-state';
import { decide } from '../errors/decide';
import type { MailError } from '../errors/mail-error';
import type { AccountRow, FolderRow } from '../ports/records';
import type { WorkerPorts } from './worker-ports';

const MISCONFIGURED_RETRY_MS = 10 * 60_000;
const QUIET_LINE_MS = 6 * 60 * 60_000;

type RecordPorts = Pick<
  WorkerPorts,
  'accounts' | 'syncLog' | 'clock' | 'live' | 'log' | 'random' | 'misconfigured' | 'tellOwner' | 'leaveAlone'
>;

/** Nothing of earlier failures is remembered of it. */
export const isUnscathed = ({ attempts, failingSince, notifiedAt }: AccountRow): boolean =>
  attempts === 0 && !failingSince && !notifiedAt;

/** What a worker writes down of its account: how it is, and the lines of its sync log. */
export class AccountRecord {
  /** When `synced` was logged, while nothing else was since. */
  private quietSince: number | null = null;

  constructor(private readonly ports: RecordPorts) {}

  /** A line of the sync log. */
  note(
    account: AccountRow,
    event: string,
    more: { folderId?: FolderRow['id']; code?: string; counts?: Record<string, number> } = {},
  ): Promise<void> {
    this.quietSince = null;
    return this.ports.syncLog.write({ accountId: account.id, userId: account.userId, event, ...more });
  }

  /**
   * That everything is here; one line is enough for hours in which nothing happens.
   * @param troubled folders that could not be read: then it is not so, and the line of each says why; if the inbox is among them for long, its
   *   owner is told
   */
  async noteSynced(account: AccountRow, troubled: number): Promise<void> {
    if (troubled > 0) return this.ports.tellOwner(account.id);
    const now = this.ports.clock.now();
    if (this.quietSince !== null && now - this.quietSince < QUIET_LINE_MS) return;
    await this.note(account, 'synced');
    this.quietSince = now;
  }

  /** A pass went through: whatever is still to be read, the account works. How often it failed is forgotten when what failed goes well, too. */
  async recover(account: AccountRow): Promise<void> {
    const { accounts, live, clock } = this.ports;
    const state = nextAccountState(account.state, 'succeeded');
    // A pause that the server asked for meanwhile, on another connection, stays.
    const wasWell = account.state === state && account.errorCode === null && account.notBefore === null;
    const healthy = { errorCode: null, errorParams: null, notBefore: null, ...(state === 'illegal' ? {} : { state }) };
    if (!wasWell) await accounts.updateIf(account.id, healthy, { unpausedAt: clock.now() });
    live.changed(account.userId, { accountId: account.id, topic: 'accounts' });
  }

  /**
   * What failed has gone well. Until then the failures count on: a mailbox that lists its folders and drops the line at every body, or at IDLE,
   * would else be asked every two seconds for ever, and its owner never told.
   */
  async settleDown({ id }: AccountRow): Promise<void> {
    await this.ports.accounts.update(id, { attempts: 0, failingSince: null, notifiedAt: null });
  }

  /** What went wrong, and when it is tried again. @throws MailError when the lease is lost or the account unlinked */
  async fail(account: AccountRow, error: MailError): Promise<void> {
    const { accounts, clock, live, log } = this.ports;
    const now = clock.now();
    if (error.code === 'EMAIL_THROTTLED') this.ports.leaveAlone(account.id);
    // Read again: a pass that succeeded meanwhile has set the count back.
    const current = await accounts.byId(account.id);
    if (!current) return;
    const { attempts } = current;
    const decision = decide(error, attempts, new Date(now), this.ports.random(), current.lastPassAt !== null);
    const event = decision.kind === 'reconnect' ? 'refused' : 'failed';
    const state = nextAccountState(current.state, event);
    const at =
      decision.kind === 'retry'
        ? decision.at.getTime()
        : now + (decision.kind === 'misconfigured' ? MISCONFIGURED_RETRY_MS : 1_000);
    const counted = { attempts: attempts + 1, failingSince: current.failingSince ?? now };
    const failure = { errorCode: error.code, errorParams: error.params, notBefore: at, ...counted };
    const whole = { ...failure, ...(state === 'illegal' ? {} : { state }) };
    if (decision.kind === 'reconnect') await accounts.update(account.id, whole);
    // A pause of the server outlasts whatever else goes wrong meanwhile: the same server may have dropped the line for it.
    else if (!(await accounts.updateIf(account.id, whole, { unpausedAt: now }))) {
      await accounts.update(account.id, counted);
      await accounts.pause(account.id, at);
    }
    // After the fenced write: what a node without the lease met says nothing of the provider.
    if (decision.kind === 'misconfigured') await this.ports.misconfigured(account.provider, error);
    await this.note(account, 'failed', { code: error.code });
    log.error('sync-failed', error, { accountId: account.id, attempts: attempts + 1 });
    live.changed(account.userId, { accountId: account.id, topic: 'accounts' });
    await this.ports.tellOwner(account.id);
  }
}
