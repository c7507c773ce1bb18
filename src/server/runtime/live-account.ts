import type { LOCK, Transaction } from 'sequelize';
import { MailError } from '../errors/mail-error';
import type { AccountId } from '../mail/ids';
import type { Tables } from './tables';

/** The right to write for an account: the lease of a node, with its fencing number. */
export interface Claim {
  readonly node: string;
  readonly fence: number;
}

/**
 * Writes for an account that is still linked, by a node whose lease is still its own. Both rows are locked for sharing: unlinking on
 * another node and taking over the lease wait for a write that has begun, and every later one finds the account gone or the lease
 * lost. So nothing is copied after an account was removed, and a node that stood still writes nothing when it wakes.
 * @param claim null for writes that belong to no worker
 * @throws MailError `EMAIL_NOT_FOUND`, `EMAIL_LEASE_LOST`
 */
export function whileLinked<T>(
  tables: Tables,
  id: AccountId,
  work: (tx: Transaction) => Promise<T>,
  claim: Claim | null = null,
): Promise<T> {
  return tables.accounts.transaction(async (tx) => {
    await checkLinked(tables, id, tx, tx.LOCK.SHARE);
    if (claim) await checkClaim(tables, id, claim, tx);
    return work(tx);
  });
}

/**
 * Writes to the row of the account itself, under the same conditions. The row is locked for writing from the start: a shared lock
 * that has to become more waits for everybody who waits for it.
 * @throws MailError `EMAIL_NOT_FOUND`, `EMAIL_LEASE_LOST`
 */
export function changingAccount<T>(
  tables: Tables,
  id: AccountId,
  work: (tx: Transaction) => Promise<T>,
  claim: Claim,
): Promise<T> {
  return tables.accounts.transaction(async (tx) => {
    await checkLinked(tables, id, tx, tx.LOCK.UPDATE);
    await checkClaim(tables, id, claim, tx);
    return work(tx);
  });
}

async function checkLinked(tables: Tables, id: AccountId, tx: Transaction, lock: LOCK): Promise<void> {
  const account = await tables.accounts.first({ id }, { attributes: ['id', 'state'], transaction: tx, lock });
  if (!account || account.state === 'disabled') throw new MailError('EMAIL_NOT_FOUND');
}

async function checkClaim(tables: Tables, id: AccountId, { node, fence }: Claim, tx: Transaction): Promise<void> {
  const lease = await tables.leases.first(
    { accountId: id },
    { attributes: ['accountId', 'owner', 'fence'], transaction: tx, lock: tx.LOCK.SHARE },
  );
  if (lease?.owner !== node || Number(lease.fence) !== fence) throw new MailError('EMAIL_LEASE_LOST');
}
