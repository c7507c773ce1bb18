import type { SearchTerm } from '../../search/parse-query';
import {
  checkedWords,
  columnsOf,
  numbersOf,
  type EntryNames,
  type EntryRow,
  type NativeIndex,
  type Run,
} from './native-index';

const LAST_POSITION = 16_383;
const MOST_POSITIONS = 255;
/** Of a message in which not every word has its place: too long, or with a word too often. */
const NOT_NUMBERED = 'zzlong';

/** A column of type tsvector with a GIN index (PostgreSQL §12). The words are ours, so no text search configuration takes part. */
export class PostgresIndex implements NativeIndex {
  private readonly fts: string;

  constructor(private readonly names: EntryNames) {
    this.fts = names.quote('fts');
  }

  async isThere(run: Run): Promise<boolean> {
    const table = this.names.table.replace(/'/g, "''");
    const column = `attrelid = '${table}'::regclass AND attname = 'fts' AND NOT attisdropped`;
    return (await run(`SELECT 1 AS found FROM pg_attribute WHERE ${column}`)).length > 0;
  }

  async prepare(run: Run): Promise<void> {
    const { table, bare } = this.names;
    await run(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${this.fts} tsvector`);
    await run(`CREATE INDEX IF NOT EXISTS ${this.names.quote(`${bare}_fts`)} ON ${table} USING gin (${this.fts})`);
  }

  async insert(run: Run, rows: readonly EntryRow[]): Promise<void> {
    const values = rows.map((row) => `(${numbersOf(row)}, '${vectorOf(row.words)}'::tsvector)`);
    await run(`INSERT INTO ${this.names.table} (${columnsOf(this.names)}, ${this.fts}) VALUES ${values.join(', ')}`);
  }

  async beforeRemove(): Promise<void> {
    // Everything is in the row.
  }

  condition(terms: readonly SearchTerm[]): string {
    return `${this.fts} @@ '${queryOf(terms)}'::tsquery`;
  }
}

/** The written form of a tsvector: every word with its places, as far as they are numbered. */
export function vectorOf(words: readonly string[]): string {
  const places = new Map<string, number[]>();
  let isWhole = words.length < LAST_POSITION;
  checkedWords(words).forEach((word, at) => {
    const known = places.get(word);
    if (!known) places.set(word, [Math.min(at + 1, LAST_POSITION)]);
    else if (known.length < MOST_POSITIONS && at < LAST_POSITION) known.push(at + 1);
    else isWhole = false;
  });
  if (!isWhole) places.set(NOT_NUMBERED, [LAST_POSITION]);
  return [...places].map(([word, at]) => `${word}:${at.join()}`).join(' ');
}

/** The written form of a tsquery. Where words have no places, neighbours cannot be told, so there it is enough that all words occur. */
export function queryOf(terms: readonly SearchTerm[]): string {
  return terms
    .map(({ words, isPrefix, isNegated }) => {
      const written = checkedWords(words).map((word, at) => (isPrefix && at === words.length - 1 ? `${word}:*` : word));
      const together =
        written.length === 1 ? written[0] : `((${written.join(' <-> ')}) | (${NOT_NUMBERED} & ${written.join(' & ')}))`;
      return isNegated ? `!${together}` : together;
    })
    .join(' & ');
}
