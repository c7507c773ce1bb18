import type { Database } from '@nocobase/database';
import { Op, QueryTypes, type Transaction, type Utils } from 'sequelize';
import { maybeIndex } from '../refusal';
import type { Tables } from '../tables';
import { MysqlIndex } from './mysql-index';
import type { EntryNames, NativeIndex, Run } from './native-index';
import { PostgresIndex } from './postgres-index';
import { SqliteIndex } from './sqlite-index';

const KINDS: Readonly<Record<string, new (names: EntryNames) => NativeIndex>> = {
  postgres: PostgresIndex,
  mysql: MysqlIndex,
  mariadb: MysqlIndex,
  sqlite: SqliteIndex,
};

const ready = new WeakMap<Database, Promise<NativeIndex>>();

/** The full-text index of an application's database, made on first use. Never call it inside a transaction: SQLite has one writer. */
export function searchIndex(tables: Tables): Promise<NativeIndex> {
  const { db } = tables.searchEntries;
  const known = ready.get(db);
  if (known) return known;
  const made = makeIndex(tables);
  ready.set(db, made);
  made.catch(() => {
    if (ready.get(db) === made) ready.delete(db);
  });
  return made;
}

/** After a question that failed: the next use looks whether everything is there, and makes what is not. */
export function forgetIndex({ searchEntries }: Tables): void {
  ready.delete(searchEntries.db);
}

/** The same where an index that cannot be made must not be in the way: of removing what it describes. */
export function searchIndexIfAny(tables: Tables): Promise<NativeIndex | null> {
  return searchIndex(tables).catch(() => null);
}

/**
 * Does what an index takes part in with the index, and where that may be what fails (it does not take the words, was dropped, or is damaged)
 * without it: mail comes and goes all the same. `work` may be done twice, each time in a transaction of its own.
 */
export async function despiteIndex<T>(
  index: NativeIndex | null,
  work: (index: NativeIndex | null) => Promise<T>,
): Promise<T> {
  if (index)
    try {
      return await work(index);
    } catch (error) {
      if (!maybeIndex(error)) throw error;
    }
  return work(null);
}

async function makeIndex(tables: Tables): Promise<NativeIndex> {
  const { searchEntries } = tables;
  const Kind = KINDS[searchEntries.db.sequelize.getDialect()];
  const index = new Kind(entryNames(tables));
  if (await hasLostWords(tables, index)) await indexAnew(tables);
  await searchEntries.transaction((tx) => index.prepare(runIn(tables, tx)));
  return index;
}

async function hasLostWords(tables: Tables, index: NativeIndex): Promise<boolean> {
  const { searchEntries } = tables;
  const isThere = await searchEntries.transaction((tx) => index.isThere(runIn(tables, tx)));
  return !isThere && (await searchEntries.first({}, { attributes: ['id'] })) !== null;
}

/** Every mailbox, by its worker, as after a change of the rules. Said before the index is made: afterwards nobody would know. */
async function indexAnew({ accounts }: Tables): Promise<void> {
  await accounts.update({ searchVersion: 0 }, { searchVersion: { [Op.ne]: 0 } });
}

/** Statements hold words of mails, so they are kept out of the host's log of SQL. */
export function runIn({ searchEntries }: Tables, transaction: Transaction): Run {
  const { sequelize } = searchEntries.db;
  return async (sql, bound) => {
    const isQuestion = sql.startsWith('SELECT');
    const bind = bound === undefined ? {} : { bind: [bound] };
    const options = { transaction, logging: false as const, raw: true, ...bind };
    if (isQuestion) return sequelize.query(sql, { ...options, type: QueryTypes.SELECT });
    await sequelize.query(sql, options);
    return [];
  };
}

/** Names of the entry table as this database has them (prefix, schema, snake case). */
export function entryNames({ searchEntries }: Tables): EntryNames {
  const { db, name } = searchEntries;
  const collection = db.getCollection(name);
  const quote = (identifier: string): string => db.sequelize.getQueryInterface().quoteIdentifier(identifier);
  return {
    table: collection.quotedTableName() as string,
    bare: String(collection.model.tableName),
    id: searchEntries.quotedColumn('id'),
    accountId: searchEntries.quotedColumn('accountId'),
    userId: searchEntries.quotedColumn('userId'),
    sentAt: searchEntries.quotedColumn('sentAt'),
    words: searchEntries.quotedColumn('words'),
    quote,
  };
}

/** Removes entries of messages or of an account, in the transaction that removes what they describe. */
export async function removeEntries(
  tables: Tables,
  index: NativeIndex | null,
  which: { readonly ids: readonly number[] } | { readonly accountId: number },
  tx: Transaction,
): Promise<void> {
  const names = entryNames(tables);
  const run = runIn(tables, tx);
  if ('ids' in which && which.ids.length === 0) return;
  const condition =
    'ids' in which
      ? `${names.id} IN (${which.ids.map((id) => Math.trunc(Number(id))).join()})`
      : `${names.accountId} = ${Math.trunc(Number(which.accountId))}`;
  await index?.beforeRemove(run, condition);
  await run(`DELETE FROM ${names.table} WHERE ${condition}`);
}

/** The first characters of a column under its own name, for `attributes`. */
export function beginning(
  table: Pick<Tables['messages'], 'db' | 'column'>,
  attribute: string,
  length: number,
): [Utils.Fn, string] {
  const { sequelize } = table.db;
  return [sequelize.fn('SUBSTR', sequelize.col(table.column(attribute)), 1, length), attribute];
}
