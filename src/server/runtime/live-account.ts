import type { Transaction } from 'sequelize';
import { MailError } from '../errors/mail-error';
import type { AccountId } from '../mail/ids';
import type { Tables } from './tables';

/**
 * Writes for an account that is still linked. The account's row is locked for sharing, so that unlinking on another node
 * waits for a write that has begun, and every later one finds the account gone: nothing is copied after it was removed.
 * @throws MailError `EMAIL_NOT_FOUND` when the account is unlinked
 */
export function whileLinked<T>(tables: Tables, id: AccountId, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return tables.accounts.transaction(async (tx) => {
    const account = await tables.accounts.first({ id }, { transaction: tx, lock: tx.LOCK.SHARE });
    if (!account || account.state === 'disabled') throw new MailError('EMAIL_NOT_FOUND');
    return work(tx);
  });
}
