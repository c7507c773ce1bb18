import type { AccountRow } from '../ports/records';
import type { AccountChanges } from '../ports/stores';

type Paused = Pick<AccountRow, 'errorCode' | 'notBefore'>;

/**
 * True while a pause lasts that the server itself asked for (Exchange: `Backoff Time`). Our own back-off may be cut
 * short by a person's wish; this one may not, or the server lengthens it.
 */
export function isPausedByServer(account: Paused, now: number): boolean {
  return account.errorCode === 'EMAIL_THROTTLED' && (account.notBefore ?? 0) > now;
}

/** What to change so that an account is tried again as soon as it may be. */
export function asSoonAsAllowed(account: Paused, now: number): AccountChanges {
  return isPausedByServer(account, now) ? {} : { notBefore: null };
}
