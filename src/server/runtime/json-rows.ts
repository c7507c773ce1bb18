import { storable } from '../mail/storable';

/** A column as a statement names it, and by its bare name. */
export interface Column {
  readonly name: string;
  readonly quoted: string;
}

/**
 * Statements that take many rows as one JSON text, bound as the parameter `$1`, which the database takes apart itself. Written into the statement
 * row by row, mails cost the main thread three times as much: each value is escaped, and the driver looks through the megabytes again and again.
 */
export interface JsonRows {
  /** Writes rows, but none that a unique index holds already, and answers with columns of those that it wrote. */
  insert(table: string, columns: readonly Column[], returning?: readonly Column[]): string;
  /** Sets columns of the rows whose ids are given as the first column. */
  update(table: string, id: Column, columns: readonly Column[]): string;
  /** The parameter: rows with their values in the order of the columns. A date is already written as the database writes it. */
  text(columns: readonly Column[], rows: readonly (readonly unknown[])[]): string;
}

/** sqlite.org/json1.html: rows are arrays, since a value is found by its number sooner than by its name. */
const SQLITE: JsonRows = {
  insert(table, columns, returning = []) {
    const cells = columns.map((_column, at) => `value->>${at}`);
    return `INSERT OR IGNORE INTO ${named(table)} (${quoted(columns)}) SELECT ${cells.join()} FROM json_each($1)${back(returning)}`;
  },
  update(table, id, columns) {
    const set = columns.map((column, at) => `${named(column.quoted)} = given.value->>${at + 1}`);
    const where = `${named(table)}.${named(id.quoted)} = given.value->>0`;
    return `UPDATE ${named(table)} SET ${set.join()} FROM json_each($1) AS given WHERE ${where}`;
  },
  text: (_columns, rows) => jsonText(rows),
};

/** PostgreSQL §9.16: the table itself says of which types the values are. */
const POSTGRES: JsonRows = {
  insert(table, columns, returning = []) {
    const names = quoted(columns);
    return `INSERT INTO ${named(table)} (${names}) SELECT ${names} FROM ${recordsOf(table)} ON CONFLICT DO NOTHING${back(returning)}`;
  },
  update(table, id, columns) {
    const set = columns.map((column) => `${named(column.quoted)} = given.${named(column.quoted)}`);
    const where = `${named(table)}.${named(id.quoted)} = given.${named(id.quoted)}`;
    return `UPDATE ${named(table)} SET ${set.join()} FROM ${recordsOf(table)} AS given WHERE ${where}`;
  },
  text: (columns, rows) =>
    jsonText(rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])))),
};

/** What a database offers; null for MySQL and MariaDB, whose JSON_TABLE wants the type and the length of every column said again. */
export function jsonRowsOf(dialect: string): JsonRows | null {
  if (dialect === 'sqlite') return SQLITE;
  return dialect === 'postgres' ? POSTGRES : null;
}

/** Where values are bound Sequelize takes `$` in a name, such as that of a table prefix, for a parameter, and `$$` for the character. */
export const named = (quotedName: string): string => quotedName.replaceAll('$', '$$$$');

const quoted = (columns: readonly Column[]): string => columns.map((column) => named(column.quoted)).join();

const back = (returning: readonly Column[]): string => (returning.length > 0 ? ` RETURNING ${quoted(returning)}` : '');

const recordsOf = (table: string): string => `json_populate_recordset(NULL::${named(table)}, $1::json)`;

/** How JSON writes what `storable` takes out; what merely looks like it is only looked at twice. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

/** No database keeps NUL and lone surrogates in values (names are ours): SQLite would end the text there without a word, PostgreSQL refuses it. */
function jsonText(rows: readonly unknown[]): string {
  const text = JSON.stringify(rows);
  if (!UNSTORABLE.test(text)) return text;
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'string' ? storable(value) : value));
}
