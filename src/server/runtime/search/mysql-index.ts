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

/** A FULLTEXT index of InnoDB, in MySQL and MariaDB, asked in boolean mode. */
export class MysqlIndex implements NativeIndex {
  constructor(private readonly names: EntryNames) {}

  /** The words are in the rows. */
  isThere(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async prepare(run: Run): Promise<void> {
    const { table, bare, words } = this.names;
    const found = await run(
      'SELECT 1 AS found FROM information_schema.statistics WHERE table_schema = DATABASE() ' +
        `AND table_name = '${bare.replace(/'/g, "''")}' AND index_type = 'FULLTEXT' LIMIT 1`,
    );
    if (found.length > 0) return;
    try {
      // Copied: where there was such an index before, MariaDB (10.11) would make the new one in place without the rows that are there.
      await run(
        `ALTER TABLE ${table} ADD FULLTEXT INDEX ${this.names.quote('email_search_words')} (${words}), ALGORITHM=COPY`,
      );
    } catch (error) {
      // Another node was faster.
      if (!/duplicate key name/i.test((error as Error).message)) throw error;
    }
  }

  async insert(run: Run, rows: readonly EntryRow[]): Promise<void> {
    const values = rows.map((row) => `(${numbersOf(row)}, '${checkedWords(row.words).join(' ')}')`);
    const { table, words } = this.names;
    await run(`INSERT INTO ${table} (${columnsOf(this.names)}, ${words}) VALUES ${values.join(', ')}`);
  }

  async beforeRemove(): Promise<void> {
    // Everything is in the row.
  }

  condition(terms: readonly SearchTerm[]): string {
    const wanted = terms.filter(({ isNegated }) => !isNegated);
    const unwanted = terms.filter(({ isNegated }) => isNegated);
    const conditions = unwanted.map((term) => `NOT ${this.match(booleanOf({ ...term, isNegated: false }))}`);
    if (wanted.length > 0) conditions.unshift(this.match(wanted.map(booleanOf).join(' ')));
    return conditions.join(' AND ');
  }

  private match(query: string): string {
    return `MATCH (${this.names.words}) AGAINST ('${query}' IN BOOLEAN MODE)`;
  }
}

/** One term in boolean mode. A phrase cannot end in the beginning of a word there, so that word is asked for beside the phrase. */
export function booleanOf({ words, isPrefix }: SearchTerm): string {
  checkedWords(words);
  const last = words[words.length - 1];
  if (words.length === 1) return `+${last}${isPrefix ? '*' : ''}`;
  if (!isPrefix) return `+"${words.join(' ')}"`;
  const first = words.slice(0, -1);
  return `${first.length === 1 ? `+${first[0]}` : `+"${first.join(' ')}"`} +${last}*`;
}
