import type { Clock, Wakeups } from '../ports/runtime';
import type { AccountId } from '../mail/ids';
import type { OutboxRow } from '../ports/records';
import { healDrafts } from './heal-drafts';
import { resolveUncertain } from './resolve-uncertain';
import { sendOne, type SendOnePorts } from './send-one';

const POLL_MS = 5_000;
const CLAIM_MS = 10 * 60_000;
const BATCH = 20;
const SENT_COPY_DELAY_MS = 3_000;
const TIDY_EVERY_MS = 60 * 60_000;
/** Long enough for a second click on an old *Send*, which finds the key taken. */
const KEPT_MS = 7 * 24 * 60 * 60_000;

export interface OutboxWorkerPorts extends SendOnePorts {
  readonly clock: Clock;
  /** Milliseconds by the clock that all nodes share: claims made by one node are judged by another. */
  readonly sharedNow: () => Promise<number>;
  readonly wakeups: Pick<Wakeups, 'wakeSync'>;
  readonly run: (name: string, task: () => Promise<void>) => void;
}

/** Sends what is due. Several nodes may run one: a row belongs to whoever claims it. */
export class OutboxWorker {
  private readonly stopping = new AbortController();
  private pause = new AbortController();
  /** Accounts whose lane is running. */
  private readonly busy = new Set<AccountId>();
  private tidiedAt = 0;

  constructor(
    private readonly name: string,
    private readonly ports: OutboxWorkerPorts,
  ) {}

  start(): void {
    this.ports.run('outbox-worker', () => this.loop());
  }

  stop(): void {
    this.stopping.abort();
    this.pause.abort();
  }

  wake(): void {
    this.pause.abort();
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.pause = new AbortController();
      await this.pass().catch((error: unknown) => this.ports.log.error('outbox-pass-failed', error));
      if (!this.stopping.signal.aborted) await this.ports.clock.sleep(POLL_MS, this.pause.signal);
    }
  }

  /** One round: what is due, what is unknown, and what a crash left half done. Does not wait for the servers. */
  async pass(): Promise<void> {
    const { clock, outbox } = this.ports;
    const now = clock.now();
    await outbox.markAbandoned(await this.ports.sharedNow());
    const busy = [...this.busy];
    const due = await outbox.due(now, BATCH, busy);
    const uncertain = await outbox.uncertain(now, busy);
    for (const account of new Set([...due, ...uncertain].map((row) => row.accountId))) {
      const ofAccount = (row: OutboxRow): boolean => row.accountId === account;
      this.startLane(account, due.filter(ofAccount), uncertain.filter(ofAccount));
    }
    await healDrafts(this.ports);
    await this.tidy(now);
  }

  private async tidy(now: number): Promise<void> {
    if (now - this.tidiedAt < TIDY_EVERY_MS) return;
    this.tidiedAt = now;
    await this.ports.outbox.prune(now - KEPT_MS);
  }

  /**
   * A lane per account: a server that does not answer holds up its own mails only. Those go one after the other, since
   * Exchange refuses more than three submissions of a mailbox at once and their order is kept.
   */
  private startLane(account: AccountId, due: readonly OutboxRow[], uncertain: readonly OutboxRow[]): void {
    this.busy.add(account);
    this.ports.run('outbox-lane', async () => {
      try {
        await this.sendInOrder(due);
        for (const row of uncertain) if (!this.stopping.signal.aborted) await resolveUncertain(row, this.ports);
      } finally {
        this.busy.delete(account);
        // There may be more of it than one batch.
        if (due.length > 0) this.wake();
      }
    });
  }

  /** A row is claimed only when it is about to be handed over. */
  private async sendInOrder(rows: readonly OutboxRow[]): Promise<void> {
    for (const row of rows) {
      if (this.stopping.signal.aborted) return;
      const until = (await this.ports.sharedNow()) + CLAIM_MS;
      const claimed = await this.ports.outbox.claim(row, this.name, until);
      if (!claimed) continue;
      const outcome = await sendOne(claimed, this.name, this.ports).catch((error: unknown) => {
        this.ports.log.error('outbox-row-failed', error, { outboxId: row.id });
        return null;
      });
      if (outcome === 'sent') this.fetchSentCopy(row);
    }
  }

  /** The server files the copy a moment after it accepts the mail, so it is looked for twice. */
  private fetchSentCopy(row: OutboxRow): void {
    this.ports.run('fetch-sent-copy', async () => {
      await this.ports.wakeups.wakeSync(row.accountId, 'sent');
      await this.ports.clock.sleep(SENT_COPY_DELAY_MS, this.stopping.signal);
      if (!this.stopping.signal.aborted) await this.ports.wakeups.wakeSync(row.accountId, 'sent');
    });
  }
}
