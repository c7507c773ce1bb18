import type { Transaction } from 'sequelize';
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
    const shared = { transaction: tx, lock: tx.LOCK.SHARE };
    const account = await tables.accounts.first({ id }, shared);
    if (!account || account.state === 'disabled') throw new MailError('EMAIL_NOT_FOUND');
    if (claim) {
      const lease = await tables.leases.first({ accountId: id }, shared);
      if (lease?.owner !== claim.node || Number(lease.fence) !== claim.fence) throw new MailError('EMAIL_LEASE_LOST');
    }
    return work(tx);
  });
}
