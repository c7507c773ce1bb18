/** Makes of what a driver hands out what a row holds. */
export type Reader = (value: unknown) => unknown;

/** Columns whose values the drivers hand out in several ways; by the key of Sequelize's type. */
const READERS: Readonly<Record<string, Reader>> = {
  // PostgreSQL and MySQL hand out BIGINT as text; ids, sizes and times all stay far below 2^53.
  BIGINT: (value) => (typeof value === 'string' ? Number(value) : value),
  // SQLite and MySQL keep numbers.
  BOOLEAN: (value) => (typeof value === 'number' ? value !== 0 : value),
  // SQLite keeps text.
  DATE: (value) => (typeof value === 'string' ? new Date(value) : value),
  // MariaDB keeps text; none of our columns holds a JSON string.
  JSON: (value) => (typeof value === 'string' ? (JSON.parse(value) as unknown) : value),
};

/** The readers of a table's columns, by attribute; those that need none are left out. Pure. */
export function readersOf(attributes: Readonly<Record<string, { readonly type: unknown }>>): Map<string, Reader> {
  const readers = Object.entries(attributes).flatMap(([name, { type }]) => {
    const reader = READERS[(type as { key?: string } | undefined)?.key ?? ''];
    return reader ? [[name, reader] as const] : [];
  });
  return new Map(readers);
}
