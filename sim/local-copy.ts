import path from 'node:path';
import { Database } from '@nocobase/database';
import { openTables, type Tables } from '../src/server/runtime/tables';

type Answered = (error: Error | null, rows: readonly object[]) => void;

interface Connection {
  all(sql: string, ...more: unknown[]): unknown;
}

interface LocalDatabase {
  readonly sequelize: { readonly connectionManager: { getConnection(options: object): Promise<Connection> } };
  import(options: object): Promise<unknown>;
  sync(options?: object): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Before each SELECT Sequelize asks SQLite for the columns of the table, which is more than a third of all questions of a history. They do not change
 * any more, so they are asked for once.
 */
function rememberColumns(connection: Connection): void {
  const all = connection.all.bind(connection);
  const known = new Map<string, readonly object[]>();
  connection.all = (sql, ...more) => {
    const answered = more.at(-1) as Answered;
    if (!sql.startsWith('PRAGMA table_info')) return all(sql, ...more);
    const columns = known.get(sql);
    if (columns) return queueMicrotask(() => answered(null, columns));
    return all(sql, (error: Error | null, rows: readonly object[]) => {
      if (!error) known.set(sql, rows);
      answered(error, rows);
    });
  };
}

/** The plugin's own tables in a SQLite database in memory. */
export async function openLocalCopy(): Promise<{ tables: Tables; close: () => Promise<void> }> {
  const db = new Database({
    dialect: 'sqlite',
    storage: ':memory:',
    logging: false,
  } as never) as unknown as LocalDatabase;
  const directory = path.resolve(__dirname, '../src/server/collections');
  await db.import({ directory, extensions: ['ts', 'js'] });
  await db.sync();
  rememberColumns(await db.sequelize.connectionManager.getConnection({}));
  return { tables: openTables(db as never), close: () => db.close() };
}
