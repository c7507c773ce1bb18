import type { Turns } from '../accounts/turns';
import type { Clock } from '../ports/runtime';

/** A worker that waits for its turn to read looks after its inbox so often, which keeps its line alive. */
const WAIT_MS = 45_000;

/** The turns of one mailbox to read what is missing, among those of all the others in this process. */
export class ReadingTurn {
  /** Since when it waits, ms: the place in the queue is kept over whatever comes between. */
  private askedAt: number | null = null;

  constructor(
    private readonly turns: Pick<Turns, 'turn'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Waits with an ear for what is asked: a wish, or new mail, comes before a slice of old mail.
   * @returns what `work` says; false when there was something better to do than to wait
   */
  async take(signals: readonly AbortSignal[], work: () => Promise<boolean>): Promise<boolean> {
    this.askedAt ??= this.clock.now();
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), WAIT_MS).unref();
    let isDone = false;
    await this.turns.turn(this.askedAt, AbortSignal.any([...signals, patience.signal]), async () => {
      clearTimeout(timer);
      this.askedAt = null;
      isDone = await work();
    });
    clearTimeout(timer);
    return isDone;
  }
}
