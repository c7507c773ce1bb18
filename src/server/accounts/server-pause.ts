import type { AccountRow } from '../ports/records';
import type { Wakeups } from '../ports/runtime';
import type { AccountChanges, AccountStore } from '../ports/stores';

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

export interface PausePorts {
  readonly accounts: Pick<AccountStore, 'pause'>;
  readonly wakeups: Pick<Wakeups, 'wakeSync'>;
}

/**
 * Keeps a pause that a server asked for on a connection beside the worker's: it is written down, and the worker ends its own connection as if
 * it had heard it. A longer one that is known stays.
 */
export async function keepPause({ accounts, wakeups }: PausePorts, id: AccountRow['id'], until: Date): Promise<void> {
  if (await accounts.pause(id, until.getTime())) await wakeups.wakeSync(id, 'pause');
}
