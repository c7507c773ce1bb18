import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Database } from '@nocobase/database';
import PostalMime from 'postal-mime';
import sqlite3 from 'sqlite3';
import { indexTokens } from '../src/server/search/index-tokens';
import { timed, type Measured } from './report';

/** What grows with the mails: for the list, and for reading and searching. */
const LIST = ['emailMessages', 'emailPlacements', 'emailThreads', 'emailThreadKeys'];
const SEARCH = ['emailAttachments', 'emailSearchEntries'];
/** What a header does not tell. */
const OF_THE_BODY = ['text', 'html'];
/** The words in the copy. */
const WORDS = 'entries';
/** Rows of each table in one transaction, about as many as we write. */
const PORTION = 500;
const WARM = 1_000;
/** Kept as the host sets them, for they decide how often a disk is waited for. */
const PRAGMAS = ['journal_mode', 'synchronous', 'cache_size'];

/** What no program in this process and on this database can do without, each by itself. */
export interface Floor {
  /** Headers of all, and of the newest. */
  readonly heads: Measured;
  readonly newestHeads: Measured;
  readonly parsed: Measured;
  readonly words: Measured;
  /** Rows that the list needs, of all and of the newest; and of all with what reading and searching need. */
  readonly listed: Measured;
  readonly newestListed: Measured;
  readonly stored: Measured;
}

type Row = Record<string, unknown>;

/** The mails parsed once by the library alone, their words taken, and the very rows that we have written, with their indexes, written once more by the driver alone. */
export async function floorOf(db: Database, sources: readonly Buffer[], newest: number): Promise<Floor> {
  const headsOf = async (some: readonly Buffer[]): Promise<void> => {
    for (const source of some) await PostalMime.parse(source.subarray(0, source.indexOf('\r\n\r\n') + 4));
  };
  // What is parsed first is parsed by code that is not warm yet.
  for (const source of sources.slice(0, WARM)) await PostalMime.parse(source);
  await headsOf(sources.slice(0, WARM));
  const heads = await timed(() => headsOf(sources));
  const newestHeads = await timed(() => headsOf(sources.slice(0, newest)));
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
  return { heads, newestHeads, parsed, words, ...(await writeAgain(db, entries, newest)) };
}

const rowsOf = async (db: Database, name: string): Promise<Row[]> =>
  (await db.sequelize.query(`SELECT * FROM ${db.getCollection(name).quotedTableName() as string}`))[0] as Row[];

async function pragmaOf(db: Database, pragma: string): Promise<string> {
  const [[row]] = await db.sequelize.query(`PRAGMA ${pragma}`);
  return String(Object.values(row as object)[0]);
}

/** The rows of a table, by the name that the copy has, too. */
interface Copied {
  readonly name: string;
  readonly rows: readonly Row[];
}

type Run = (sql: string, values?: readonly unknown[]) => Promise<void>;

async function writeAgain(
  db: Database,
  entries: readonly string[],
  newest: number,
): Promise<Pick<Floor, 'listed' | 'newestListed' | 'stored'>> {
  const beginning = (rows: readonly Row[]): readonly Row[] => rows.slice(0, newest);
  const bare = (rows: readonly Row[]): readonly Row[] =>
    rows.map((row) => ({
      ...row,
      ...Object.fromEntries(OF_THE_BODY.flatMap((name) => (name in row ? [[name, null]] : []))),
    }));
  const { list, search } = await copiedRows(db, entries);
  const shown = list.map(({ name, rows }) => ({ name, rows: bare(rows) }));
  const first = shown.map(({ name, rows }) => ({ name, rows: beginning(rows) }));
  return {
    listed: await writing(db, shown),
    newestListed: await writing(db, first),
    stored: await writing(db, [...list, ...search]),
  };
}

/** Writes into a database of its own. */
async function writing(db: Database, tables: readonly Copied[]): Promise<Measured> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'floor-'));
  const file = new sqlite3.Database(path.join(folder, 'copy.sqlite'));
  const run: Run = (sql, values = []) =>
    new Promise((resolve, reject) => file.run(sql, values, (error) => (error ? reject(error) : resolve())));
  for (const pragma of PRAGMAS) await run(`PRAGMA ${pragma} = ${await pragmaOf(db, pragma)}`);
  for (const collection of [...LIST, ...SEARCH]) await makeTable(db, run, collection);
  await run(`CREATE VIRTUAL TABLE ${WORDS} USING fts5(words, content='', tokenize="ascii tokenchars '_'")`);
  const measured = await timed(() => inPortions(run, tables));
  await new Promise((resolve) => file.close(resolve));
  fs.rmSync(folder, { recursive: true, force: true });
  return measured;
}

async function copiedRows(db: Database, entries: readonly string[]): Promise<Record<'list' | 'search', Copied[]>> {
  const copied = (collections: readonly string[]): Promise<Copied[]> =>
    Promise.all(
      collections.map(async (collection) => ({
        name: String(db.getCollection(collection).model.tableName),
        rows: await rowsOf(db, collection),
      })),
    );
  const words = { name: WORDS, rows: entries.map((entry) => ({ words: entry })) };
  return { list: await copied(LIST), search: [...(await copied(SEARCH)), words] };
}

/** Makes a table in the copy as it is, with its indexes. */
async function makeTable(db: Database, run: Run, collection: string): Promise<void> {
  const name = String(db.getCollection(collection).model.tableName);
  const [made] = await db.sequelize.query(
    `SELECT sql FROM sqlite_master WHERE tbl_name = '${name}' AND sql IS NOT NULL ORDER BY type = 'index'`,
  );
  for (const { sql } of made as { sql: string }[]) await run(sql);
}

async function inPortions(run: Run, tables: readonly Copied[]): Promise<void> {
  const most = Math.max(...tables.map(({ rows }) => rows.length));
  for (let at = 0; at < most; at += PORTION) {
    await run('BEGIN');
    for (const { name, rows } of tables) await insert(run, name, rows.slice(at, at + PORTION));
    await run('COMMIT');
  }
}

async function insert(run: Run, table: string, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0]);
  const places = `(${columns.map(() => '?').join()})`;
  await run(
    `INSERT INTO "${table}" (${columns.map((name) => `"${name}"`).join()}) VALUES ${rows.map(() => places).join()}`,
    rows.flatMap((row) => columns.map((name) => row[name])),
  );
}
