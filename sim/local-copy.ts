import path from 'node:path';
import { Database } from '@nocobase/database';
import { openTables, type Tables } from '../src/server/runtime/tables';

/** The plugin's own tables in a SQLite database in memory. */
export async function openLocalCopy(): Promise<{ tables: Tables; close: () => Promise<void> }> {
  const db = new Database({ dialect: 'sqlite', storage: ':memory:', logging: false } as never) as unknown as {
    import(options: object): Promise<unknown>;
    sync(options?: object): Promise<unknown>;
    close(): Promise<void>;
  };
  const directory = path.resolve(__dirname, '../src/server/collections');
  await db.import({ directory, extensions: ['ts', 'js'] });
  await db.sync();
  return { tables: openTables(db as never), close: () => db.close() };
}
