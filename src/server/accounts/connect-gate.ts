import type { Clock } from '../ports/runtime';
import { takeToken, type Bucket, type Rate } from './rate-limit';

/** Many logins from one address at once look like an attack, and Exchange answers some of them with errors (Q18). */
const RATE: Rate = { perSecond: 10, burst: 20 };

/** Spaces out the connections that are opened to one host: a thousand mailboxes start within two minutes instead of at once. */
export class ConnectGate {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly clock: Clock,
    private readonly rate: Rate = RATE,
  ) {}

  /**
   * Resolves when it is this caller's turn, or at once when the signal fires. Who is called off gives the turn back: a thousand that wait
   * when a node stops would keep the next ones waiting.
   */
  async pass(host: string, signal?: AbortSignal): Promise<void> {
    const { bucket, waitMs } = takeToken(this.buckets.get(host) ?? null, this.rate, this.clock.now());
    this.buckets.set(host, bucket);
    if (waitMs > 0) await this.clock.sleep(waitMs, signal);
    const now = this.buckets.get(host);
    if (signal?.aborted && now) this.buckets.set(host, { ...now, tokens: Math.min(this.rate.burst, now.tokens + 1) });
  }
}
