import type { AccountId } from '../mail/ids';
import type { Clock, Log, WakeReason, Wakeups } from '../ports/runtime';
import type { AccountStore } from '../ports/stores';
import type { Background } from './background';
import { LEASE_TTL_MS, type LeaseKeeper } from './lease-keeper';
import type { Claim } from './live-account';

const BEAT_MS = 10_000;
/** While there are more leases to take than one beat does. */
const HASTE_MS = 100;
/** A node that cannot renew its leases stops this long before another one may take them. */
const SAFETY_MS = 10_000;
const DROP_PATIENCE_MS = 5_000;

/** A worker on one account, as the supervisor sees it. */
export interface Worker {
  run(): Promise<void>;
  poke(reason: WakeReason): void;
}

export interface SupervisorPorts {
  readonly accounts: AccountStore;
  readonly leases: LeaseKeeper;
  readonly clock: Clock;
  readonly log: Log;
  readonly background: Background;
  readonly startWorker: (account: AccountId, signal: AbortSignal, claim: Claim) => Worker;
  readonly wakeOutbox: () => void;
}

interface Running {
  readonly worker: Worker;
  readonly fence: number;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Runs one worker for every account whose lease this node holds. */
export class SyncSupervisor implements Wakeups {
  private readonly workers = new Map<AccountId, Running>();
  /** Workers that were told to end and have not yet. */
  private readonly ending = new Map<AccountId, Running>();
  private readonly stopping = new AbortController();
  private nextBeat = new AbortController();
  private isStarted = false;

  constructor(private readonly ports: SupervisorPorts) {}

  start(): void {
    this.isStarted = true;
    this.ports.background.run('sync-supervisor', () => this.loop());
  }

  /** Ends all work; `beforeStop` awaits this while the database is still open. */
  async stop(): Promise<void> {
    if (!this.isStarted) return;
    this.stopping.abort();
    this.nextBeat.abort();
    this.endAll();
    await this.ports.leases.release();
  }

  async wakeSync(account: AccountId, reason: WakeReason): Promise<void> {
    const mine = this.workers.get(account);
    if (mine) return mine.worker.poke(reason);
    await this.ports.leases.request(account);
    this.nextBeat.abort();
  }

  wakeOutbox(): void {
    this.ports.wakeOutbox();
  }

  /** Ends the work on an account. Resolves when nothing of it is written any more, or after a few seconds. */
  async drop(account: AccountId): Promise<void> {
    const mine = this.workers.get(account);
    if (mine) this.end(account, mine);
    if (mine) await Promise.race([mine.ended, this.ports.clock.sleep(DROP_PATIENCE_MS)]);
  }

  private async loop(): Promise<void> {
    const { clock, log } = this.ports;
    let safeUntil = clock.now() + LEASE_TTL_MS - SAFETY_MS;
    while (!this.stopping.signal.aborted) {
      this.nextBeat = new AbortController();
      const startedAt = clock.now();
      const done = new AbortController();
      // A database that hangs or fails must not keep us at work on what another node has taken over.
      void clock
        .sleep(Math.max(0, safeUntil - startedAt), done.signal)
        .then(() => done.signal.aborted || this.endAll());
      let hasMore = false;
      try {
        hasMore = await this.beat();
        safeUntil = startedAt + LEASE_TTL_MS - SAFETY_MS;
      } catch (error) {
        log.error('lease-beat-failed', error);
        if (clock.now() + BEAT_MS >= safeUntil) this.endAll();
      }
      done.abort();
      if (!this.stopping.signal.aborted) await clock.sleep(hasMore ? HASTE_MS : BEAT_MS, this.nextBeat.signal);
    }
  }

  private endAll(): void {
    for (const [id, running] of [...this.workers]) this.end(id, running);
  }

  private end(id: AccountId, running: Running): void {
    this.workers.delete(id);
    this.ending.set(id, running);
    running.stop.abort();
  }

  /** @returns whether there are more leases to take */
  private async beat(): Promise<boolean> {
    const { leases } = this.ports;
    const working = (await this.ports.accounts.working()).map((account) => account.id);
    const { held, requested, hasMore } = await leases.beat(working);
    if (this.stopping.signal.aborted) {
      // It was under way when we were stopped, and may have taken again what was handed over.
      await leases.release();
      return false;
    }
    // A lease that was lost and won again between two beats has another fence: what still runs under the old one is over.
    for (const [id, { fence }] of [...this.workers]) if (held.get(id) !== fence) void this.drop(id);
    const fresh = [...held].filter(([id]) => !this.workers.has(id));
    // Two workers under one fence could both write. Whoever takes the lease next has another one.
    const undecided: AccountId[] = [];
    for (const [id, fence] of fresh)
      if (this.ending.get(id)?.fence === fence) undecided.push(id);
      else this.begin(id, fence);
    for (const id of requested) this.workers.get(id)?.worker.poke('pass');
    if (undecided.length > 0) await leases.giveUp(undecided);
    return hasMore;
  }

  private begin(id: AccountId, fence: number): void {
    const stop = new AbortController();
    const worker = this.ports.startWorker(id, stop.signal, { node: this.ports.leases.node, fence });
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.workers.set(id, { worker, fence, stop, ended });
    this.ports.background.run('account-worker', async () => {
      try {
        await worker.run();
      } finally {
        end();
        if (this.ending.get(id)?.worker === worker) this.ending.delete(id);
        // A worker ends by itself when its account needs the user; the next beat sees whether it may work again.
        if (this.workers.get(id)?.worker === worker) this.workers.delete(id);
      }
    });
  }
}
