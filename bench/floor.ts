import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Database } from '@nocobase/database';
import PostalMime from 'postal-mime';
import sqlite3 from 'sqlite3';
import { indexTokens } from '../src/server/search/index-tokens';
import { timed, type Measured } from './report';

/** What grows with the mails. */
const TABLES = [
  'emailMessages',
  'emailPlacements',
  'emailThreads',
  'emailThreadKeys',
  'emailAttachments',
  'emailSearchEntries',
];
/** Rows of each table in one transaction, about as many as we write. */
const PORTION = 100;
/** Kept as the host sets them, for they decide how often a disk is waited for. */
const PRAGMAS = ['journal_mode', 'synchronous', 'cache_size'];

/** What no program in this process and on this database can do without, each by itself. */
export interface Floor {
  readonly parsed: Measured;
  readonly words: Measured;
  readonly written: Measured;
}

type Row = Record<string, unknown>;

/** The mails parsed once by the library alone, their words taken, and the very rows that we have written, with their indexes, written once more by the driver alone. */
export async function floorOf(db: Database, sources: readonly Buffer[]): Promise<Floor> {
  const parsed = await timed(async () => {
    for (const source of sources) await PostalMime.parse(source);
  });
  const nobody = { from: [], to: [], files: [], hasAttachments: false };
  const texts = (await rowsOf(db, 'emailMessages')).map(({ subject, text }) => [String(subject), String(text ?? '')]);
  let entries: string[] = [];
  const words = await timed(async () => {
    entries = texts.map(([subject, text]) => indexTokens({ ...nobody, subject, text }).join(' '));
    return Promise.resolve();
  });
  return { parsed, words, written: await writeAgain(db, entries) };
}

const rowsOf = async (db: Database, name: string): Promise<Row[]> =>
  (await db.sequelize.query(`SELECT * FROM ${db.getCollection(name).quotedTableName() as string}`))[0] as Row[];

async function pragmaOf(db: Database, pragma: string): Promise<string> {
  const [[row]] = await db.sequelize.query(`PRAGMA ${pragma}`);
  return String(Object.values(row as object)[0]);
}

async function writeAgain(db: Database, entries: readonly string[]): Promise<Measured> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'floor-'));
  const file = new sqlite3.Database(path.join(folder, 'copy.sqlite'));
  const run = (sql: string, values: readonly unknown[] = []): Promise<void> =>
    new Promise((resolve, reject) => file.run(sql, values, (error) => (error ? reject(error) : resolve())));
  for (const pragma of PRAGMAS) await run(`PRAGMA ${pragma} = ${await pragmaOf(db, pragma)}`);
  const tables: { name: string; rows: Row[] }[] = [];
  for (const collection of TABLES) {
    const name = db.getCollection(collection).model.tableName;
    const [made] = await db.sequelize.query(
      `SELECT sql FROM sqlite_master WHERE tbl_name = '${name}' AND sql IS NOT NULL ORDER BY type = 'index'`,
    );
    for (const { sql } of made as { sql: string }[]) await run(sql);
    tables.push({ name, rows: await rowsOf(db, collection) });
  }
  await run(`CREATE VIRTUAL TABLE entries USING fts5(words, content='', tokenize="ascii tokenchars '_'")`);
  tables.push({ name: 'entries', rows: entries.map((words) => ({ words })) });
  const most = Math.max(...tables.map(({ rows }) => rows.length));
  const written = await timed(async () => {
    for (let at = 0; at < most; at += PORTION) {
      await run('BEGIN');
      for (const { name, rows } of tables) await insert(run, name, rows.slice(at, at + PORTION));
      await run('COMMIT');
    }
  });
  await new Promise((resolve) => file.close(resolve));
  fs.rmSync(folder, { recursive: true, force: true });
  return written;
}

async function insert(
  run: (sql: string, values?: readonly unknown[]) => Promise<void>,
  table: string,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0]);
  const places = `(${columns.map(() => '?').join()})`;
  await run(
    `INSERT INTO "${table}" (${columns.map((name) => `"${name}"`).join()}) VALUES ${rows.map(() => places).join()}`,
    rows.flatMap((row) => columns.map((name) => row[name])),
  );
}
