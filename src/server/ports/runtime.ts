import type { ErrorCode } from '../../shared/error-codes';
import type { AccountId, UserId } from '../mail/ids';

/** Time, so that tests can hold it. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`, or at once when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What to look at: everything, the flags changed here, or what was just sent; or that the server wants to be left alone, as the account's row says. */
export type WakeReason = 'pass' | 'intents' | 'sent' | 'pause';

/** "Look again": best effort, may be lost; the database stays the only truth. */
export interface Wakeups {
  wakeSync(account: AccountId, reason: WakeReason): Promise<void>;
  wakeOutbox(): void;
}

/** What changed: ids and codes only. */
export type LiveChange = { readonly accountId?: AccountId } & (
  | { readonly topic: 'accounts' | 'mail' | 'outbox' }
  /** What the reader did was taken back, and why. */
  | { readonly topic: 'refused'; readonly code: ErrorCode }
);

/** Tells a user's browsers that something changed. */
export interface LiveBus {
  changed(user: UserId, change: LiveChange): void;
}

/** Structured log with ids and codes. Never addresses, subjects, bodies or tokens. */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, string | number | null>>): void;
  warn(event: string, fields?: Readonly<Record<string, string | number | null>>): void;
  error(event: string, error: unknown, fields?: Readonly<Record<string, string | number | null>>): void;
}
