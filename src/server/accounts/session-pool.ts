import { MailError } from '../errors/mail-error';
import type { AccountId } from '../mail/ids';
import type { AccountRow } from '../ports/records';
import type { Clock } from '../ports/runtime';
import type { MailboxSession } from '../ports/session';
import { isPausedByServer } from './server-pause';

/**
 * Used and idle together. With the sync worker's own connection this makes three for a mailbox; Exchange refuses more when it is
 * busy (Q17).
 */
const MOST_FOR_ACCOUNT = 2;
/** A mail with twenty pictures is read over one login; after that the connection is not kept for nothing. */
const KEEP_MS = 20_000;

export interface PoolPorts {
  readonly open: (account: AccountRow) => Promise<MailboxSession>;
  readonly clock: Clock;
}

/** A connection for one piece of work. `giveBack(false)` closes it: broken, or an answer was not read to its end; with the error, if one says why. */
export interface BorrowedSession {
  readonly session: MailboxSession;
  /** It lay idle before, so the server may have closed it meanwhile. */
  readonly isReused: boolean;
  readonly giveBack: (isSound: boolean, error?: unknown) => void;
}

export interface BorrowOptions {
  readonly fresh?: boolean;
  /** Fires when nobody wants the answer any more. */
  readonly signal?: AbortSignal;
}

interface Lane {
  busy: number;
  isClosed: boolean;
  /** Rises when a server asks for a pause: connections from before it are not kept. */
  era: number;
  /** Each with what ends its wait for the next reader. */
  readonly idle: Map<MailboxSession, AbortController>;
  readonly waiting: (() => void)[];
}

/** Connections for what people read on demand: few for each account, used one after the other, closed when idle. */
export class SessionPool {
  private readonly lanes = new Map<AccountId, Lane>();

  private tellPause: (account: AccountRow, until: Date) => void = () => undefined;

  constructor(private readonly ports: PoolPorts) {}

  /** Who listens is told when a server asks for a pause of an account: it means all its connections. */
  whenPaused(listener: (account: AccountRow, until: Date) => void): void {
    this.tellPause = listener;
  }

  /**
   * Waits for its turn, unless the reader goes away (`signal`). `fresh` takes no idle connection; the oldest of them is closed
   * where it would be one too many.
   * @throws MailError when no connection can be opened, its server wants to be left alone (`EMAIL_THROTTLED`), or the reader is gone
   */
  async borrow(account: AccountRow, { fresh = false, signal }: BorrowOptions = {}): Promise<BorrowedSession> {
    this.heedPause(account);
    const lane = this.laneOf(account.id);
    const { era } = lane;
    const hasTurn = await takeTurn(lane, signal);
    if (signal?.aborted || lane.era !== era) {
      // The next one gets the turn, and finds the same.
      if (hasTurn) this.leave(account.id, lane);
      else this.forgetEmpty(account.id, lane);
      throw new MailError(signal?.aborted ? 'EMAIL_CONNECTION_LOST' : 'EMAIL_THROTTLED');
    }
    const kept = fresh ? undefined : takeIdle(lane);
    if (!kept) makeRoom(lane);
    try {
      const session = kept ?? (await this.ports.open(account));
      let isOut = true;
      const giveBack = (isSound: boolean, error?: unknown): void => {
        if (!isOut) return;
        this.heard(account, error);
        isOut = false;
        this.leave(account.id, lane);
        if (isSound && !lane.isClosed && lane.era === era) this.keep(account.id, lane, session);
        else void session.close();
      };
      return { session, isReused: kept !== undefined, giveBack };
    } catch (error) {
      this.leave(account.id, lane);
      this.heard(account, error);
      throw error;
    }
  }

  private heard(account: AccountRow, error: unknown): void {
    if (!(error instanceof MailError) || error.code !== 'EMAIL_THROTTLED') return;
    this.rest(account.id);
    if (error.retryAt) this.tellPause(account, error.retryAt);
  }

  /** A pause is meant for every connection, also one that is open already. */
  private heedPause(account: AccountRow): void {
    if (!isPausedByServer(account, this.ports.clock.now())) return;
    this.rest(account.id);
    throw new MailError('EMAIL_THROTTLED', { retryAt: new Date(account.notBefore ?? 0) });
  }

  /** Its server wants to be left alone: closes what is idle, and what is being used when it is given back. */
  rest(account: AccountId): void {
    const lane = this.lanes.get(account);
    if (!lane) return;
    lane.era += 1;
    closeIdle(lane);
    this.forgetEmpty(account, lane);
  }

  /** Closes what is idle and lets nothing of this account be kept any more. */
  drop(account: AccountId): void {
    const lane = this.lanes.get(account);
    if (!lane) return;
    lane.isClosed = true;
    this.lanes.delete(account);
    closeIdle(lane);
  }

  close(): void {
    for (const account of [...this.lanes.keys()]) this.drop(account);
  }

  private laneOf(account: AccountId): Lane {
    const lane = this.lanes.get(account) ?? { busy: 0, isClosed: false, era: 0, idle: new Map(), waiting: [] };
    this.lanes.set(account, lane);
    return lane;
  }

  private leave(account: AccountId, lane: Lane): void {
    const next = lane.waiting.shift();
    // Handed over, so that nobody who asks in between takes one more.
    if (next) return next();
    lane.busy -= 1;
    this.forgetEmpty(account, lane);
  }

  private keep(account: AccountId, lane: Lane, session: MailboxSession): void {
    const taken = new AbortController();
    lane.idle.set(session, taken);
    this.lanes.set(account, lane);
    void this.ports.clock.sleep(KEEP_MS, taken.signal).then(() => {
      if (taken.signal.aborted) return;
      lane.idle.delete(session);
      void session.close();
      this.forgetEmpty(account, lane);
    });
  }

  private forgetEmpty(account: AccountId, lane: Lane): void {
    const isEmpty = lane.busy === 0 && lane.idle.size === 0 && lane.waiting.length === 0;
    if (isEmpty && this.lanes.get(account) === lane) this.lanes.delete(account);
  }
}

/** @returns false when the signal fires before it is this one's turn */
async function takeTurn(lane: Lane, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return false;
  if (lane.busy >= MOST_FOR_ACCOUNT) return nextTurn(lane, signal);
  lane.busy += 1;
  return true;
}

function nextTurn(lane: Lane, signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const turn = (): void => {
      signal?.removeEventListener('abort', leave);
      resolve(true);
    };
    const leave = (): void => {
      const at = lane.waiting.indexOf(turn);
      if (at >= 0) lane.waiting.splice(at, 1);
      resolve(false);
    };
    lane.waiting.push(turn);
    signal?.addEventListener('abort', leave, { once: true });
  });
}

function closeIdle(lane: Lane): void {
  for (let session = takeIdle(lane); session; session = takeIdle(lane)) void session.close();
}

function makeRoom(lane: Lane): void {
  while (lane.idle.size > 0 && lane.busy + lane.idle.size > MOST_FOR_ACCOUNT) void takeIdle(lane, 0)?.close();
}

/** The idle connection that was used last, or the one at another place. */
function takeIdle(lane: Lane, at = -1): MailboxSession | undefined {
  const found = [...lane.idle].at(at);
  if (!found) return undefined;
  const [session, wait] = found;
  lane.idle.delete(session);
  wait.abort();
  return session;
}
