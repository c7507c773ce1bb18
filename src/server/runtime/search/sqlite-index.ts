import { named } from '../json-rows';
import type { SearchTerm } from '../../search/parse-query';
import { checkedWords, columnsOf, type EntryNames, type EntryRow, type NativeIndex, type Run } from './native-index';

/** FTS5 (sqlite.org/fts5.html): a virtual table without content of its own; its rowid is the message's id. */
export class SqliteIndex implements NativeIndex {
  private readonly fts: string;

  constructor(private readonly names: EntryNames) {
    this.fts = names.quote(`${names.bare}_fts`);
  }

  async isThere(run: Run): Promise<boolean> {
    const name = `${this.names.bare}_fts`.replace(/'/g, "''");
    return (await run(`SELECT 1 AS found FROM sqlite_master WHERE name = '${name}'`)).length > 0;
  }

  async prepare(run: Run): Promise<void> {
    const { table } = this.names;
    await run(
      `CREATE VIRTUAL TABLE IF NOT EXISTS ${this.fts} USING ` +
        `fts5(words, content='', contentless_delete=1, tokenize="ascii tokenchars '_'")`,
    );
    // Left behind by a plugin that was removed with its tables: the ids begin anew.
    if ((await run(`SELECT 1 AS found FROM ${table} LIMIT 1`)).length === 0)
      await run(`INSERT INTO ${this.fts} (${this.fts}) VALUES ('delete-all')`);
  }

  async insert(run: Run, rows: readonly EntryRow[]): Promise<void> {
    const numbers = rows.map(({ id, accountId, userId, sentAt }) => [id, accountId, userId, sentAt]);
    await run(
      `INSERT INTO ${named(this.names.table)} (${named(columnsOf(this.names))}) SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each($1)`,
      JSON.stringify(numbers),
    );
    const words = rows.map((row) => [row.id, checkedWords(row.words).join(' ')]);
    await run(
      `INSERT INTO ${named(this.fts)} (rowid, words) SELECT value->>0, value->>1 FROM json_each($1)`,
      JSON.stringify(words),
    );
  }

  async beforeRemove(run: Run, which: string): Promise<void> {
    const { table, id } = this.names;
    await run(`DELETE FROM ${this.fts} WHERE rowid IN (SELECT ${id} FROM ${table} WHERE ${which})`);
  }

  condition(terms: readonly SearchTerm[]): string {
    const wanted = terms.filter(({ isNegated }) => !isNegated);
    const unwanted = terms.filter(({ isNegated }) => isNegated);
    const conditions = unwanted.map((term) => `NOT ${this.matches(phraseOf(term))}`);
    if (wanted.length > 0) conditions.unshift(this.matches(wanted.map(phraseOf).join(' AND ')));
    return conditions.join(' AND ');
  }

  private matches(query: string): string {
    return `${this.names.id} IN (SELECT rowid FROM ${this.fts} WHERE ${this.fts} MATCH '${query}')`;
  }
}

/** One term in the query language of FTS5; a star after a phrase lets its last word go on. */
export function phraseOf({ words, isPrefix }: SearchTerm): string {
  return `"${checkedWords(words).join(' ')}"${isPrefix ? ' *' : ''}`;
}
