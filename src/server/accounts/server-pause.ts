import type { AccountRow } from '../ports/records';
import type { Wakeups } from '../ports/runtime';
import type { AccountStore } from '../ports/stores';

type Paused = Pick<AccountRow, 'errorCode' | 'notBefore'>;

/**
 * True while a pause lasts that the server itself asked for (Exchange: `Backoff Time`). Our own back-off may be cut
 * short by a person's wish; this one may not, or the server lengthens it.
 */
export function isPausedByServer(account: Paused, now: number): boolean {
  return account.errorCode === 'EMAIL_THROTTLED' && (account.notBefore ?? 0) > now;
}

/** Lets an account be tried again as soon as it may be: a wish ends our own back-off, and no pause of the server. */
export async function tryAgainSoon(
  accounts: Pick<AccountStore, 'updateIf'>,
  id: AccountRow['id'],
  now: number,
): Promise<void> {
  await accounts.updateIf(id, { notBefore: null }, { unpausedAt: now });
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
