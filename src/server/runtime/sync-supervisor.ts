import type { AccountId } from '../mail/ids';
import type { Clock, Log, WakeReason, Wakeups } from '../ports/runtime';
import type { AccountStore } from '../ports/stores';
import type { Background } from './background';
import { LEASE_TTL_MS, type LeaseKeeper } from './lease-keeper';
import type { Claim } from './live-account';

const BEAT_MS = 10_000;
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
    this.workers.delete(account);
    mine?.stop.abort();
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
      try {
        await this.beat();
        safeUntil = startedAt + LEASE_TTL_MS - SAFETY_MS;
      } catch (error) {
        log.error('lease-beat-failed', error);
        if (clock.now() + BEAT_MS >= safeUntil) this.endAll();
      }
      done.abort();
      if (!this.stopping.signal.aborted) await this.ports.clock.sleep(BEAT_MS, this.nextBeat.signal);
    }
  }

  private endAll(): void {
    for (const { stop } of this.workers.values()) stop.abort();
    this.workers.clear();
  }

  private async beat(): Promise<void> {
    const working = (await this.ports.accounts.working()).map((account) => account.id);
    const { held, requested } = await this.ports.leases.beat(working);
    if (this.stopping.signal.aborted) return;
    // A lease that was lost and won again between two beats has another fence: what still runs under the old one is over.
    for (const [id, { fence }] of [...this.workers]) if (held.get(id) !== fence) void this.drop(id);
    for (const [id, fence] of held) if (!this.workers.has(id)) this.begin(id, fence);
    for (const id of requested) this.workers.get(id)?.worker.poke('pass');
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
        // A worker ends by itself when its account needs the user; the next beat sees whether it may work again.
        if (this.workers.get(id)?.worker === worker) this.workers.delete(id);
      }
    });
  }
}
