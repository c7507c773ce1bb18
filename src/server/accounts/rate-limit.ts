/** A token bucket: so many at once, then so many a second. */
export interface Bucket {
  readonly tokens: number;
  /** When that was, ms. */
  readonly at: number;
}

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Takes one token, in advance if need be; `waitMs` is how long its taker has to wait before it may be used. Pure. */
export function takeToken(bucket: Bucket | null, rate: Rate, now: number): { bucket: Bucket; waitMs: number } {
  const known = bucket ?? { tokens: rate.burst, at: now };
  const refilled = known.tokens + (Math.max(0, now - known.at) / 1_000) * rate.perSecond;
  const tokens = Math.min(rate.burst, refilled) - 1;
  return { bucket: { tokens, at: now }, waitMs: tokens >= 0 ? 0 : Math.ceil((-tokens / rate.perSecond) * 1_000) };
}
