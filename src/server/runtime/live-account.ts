import { QueryTypes, type Transaction } from 'sequelize';
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
    if (claim) await checkBoth(tables, id, claim, tx);
    else await checkLinked(tables, id, tx);
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
    await checkBoth(tables, id, claim, tx, CHANGE);
    return work(tx);
  });
}

/** How rows are locked for each purpose; SQLite has one writer at a time. */
type LockWords = Readonly<Record<string, string>>;
const SHARE: LockWords = {
  postgres: 'FOR SHARE',
  mysql: 'LOCK IN SHARE MODE',
  mariadb: 'LOCK IN SHARE MODE',
};

/** The lease, too: for the moment of one small write, in which it is neither renewed nor taken over. */
const CHANGE: LockWords = { postgres: 'FOR UPDATE', mysql: 'FOR UPDATE', mariadb: 'FOR UPDATE' };

/** Account and lease, locked in this order, by one statement, for it goes before every write of a worker. */
async function checkBoth(
  tables: Tables,
  id: AccountId,
  claim: Claim,
  tx: Transaction,
  words: LockWords = SHARE,
): Promise<void> {
  const { accounts, leases } = tables;
  const { sequelize } = accounts.db;
  const state = accounts.quotedColumn('state');
  const sql = `SELECT a.${state} AS state, l.${leases.quotedColumn('owner')} AS owner, l.${leases.quotedColumn('fence')} AS fence
    FROM ${accounts.quotedTable()} a JOIN ${leases.quotedTable()} l ON l.${leases.quotedColumn('accountId')} = a.${accounts.quotedColumn('id')}
    WHERE a.${accounts.quotedColumn('id')} = ${Number(id)} ${words[sequelize.getDialect()] ?? ''}`;
  const [row] = await sequelize.query<Held & { state: string }>(sql, {
    type: QueryTypes.SELECT,
    transaction: tx,
  });
  // Unlinking takes the lease along, so only the account itself says what is missing.
  if (!row || row.state === 'disabled') await checkLinked(tables, id, tx);
  assertHeld(row, claim);
}

async function checkLinked(tables: Tables, id: AccountId, tx: Transaction): Promise<void> {
  const locked = { transaction: tx, lock: tx.LOCK.SHARE };
  const account = await tables.accounts.first({ id }, { attributes: ['id', 'state'], ...locked });
  if (!account || account.state === 'disabled') throw new MailError('EMAIL_NOT_FOUND');
}

/** A lease, or a row with its columns: drivers hand out the fence as text. */
interface Held {
  readonly owner: string | null;
  readonly fence: number | string;
}

function assertHeld(lease: Held | undefined, { node, fence }: Claim): void {
  if (lease?.owner !== node || Number(lease.fence) !== fence) throw new MailError('EMAIL_LEASE_LOST');
}
