import type { SearchTerm } from '../../search/parse-query';

/** A row to be written: the columns of the entry, and its words. */
export interface EntryRow {
  readonly id: number;
  readonly accountId: number;
  readonly userId: number;
  readonly sentAt: number;
  readonly words: readonly string[];
}

/** Names of the entry table, quoted for SQL. */
export interface EntryNames {
  readonly table: string;
  /** The same without quotes, to name what stands beside it. */
  readonly bare: string;
  readonly id: string;
  readonly accountId: string;
  readonly userId: string;
  readonly sentAt: string;
  readonly words: string;
  quote(identifier: string): string;
}

/** Runs statements, in one transaction where there is one. `bound` is the parameter `$1`. */
export type Run = (sql: string, bound?: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/**
 * Full text as one database has it. Words are `[a-z0-9_]` only (search/tokenize.ts), so they need no escaping in any of the query
 * languages; nothing else may be put into the statements.
 */
export interface NativeIndex {
  /** Whether entries that are there may have words: a backup restored by its rows alone leaves what lies outside of them behind. */
  isThere(run: Run): Promise<boolean>;
  /** Makes what the index needs, if it is not there. May run on several nodes at once. */
  prepare(run: Run): Promise<void>;
  /** Writes rows whose ids have no row any more. */
  insert(run: Run, rows: readonly EntryRow[]): Promise<void>;
  /** Removes what lies outside the entry table, before the rows go. `which` is a condition on the entry table. */
  beforeRemove(run: Run, which: string): Promise<void>;
  /** A condition on the entry table that holds where all terms do. */
  condition(terms: readonly SearchTerm[]): string;
}

/** @throws Error for a word that the tokenizer cannot have made: it would become part of a statement */
export function checkedWords(words: readonly string[]): readonly string[] {
  const odd = words.find((word) => !/^[a-z0-9_]+$/.test(word));
  if (odd !== undefined) throw new Error('a word of the search index has characters that it may not have');
  return words;
}

/** Numbers and words alone: nothing to escape. */
export function columnsOf(names: EntryNames): string {
  return [names.id, names.accountId, names.userId, names.sentAt].join(', ');
}

export function numbersOf({ id, accountId, userId, sentAt }: EntryRow): string {
  return [id, accountId, userId, sentAt].map((value) => String(Math.trunc(Number(value)))).join(', ');
}
