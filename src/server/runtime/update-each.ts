/** Values of a row by column. */
export type Cells = Readonly<Record<string, Cell>>;
type Cell = string | number | boolean | null;
type Row = readonly [id: number, cells: Cells];

/** What a statement has to know of its table. */
interface Names {
  quotedTable(): string;
  quotedColumn(attribute: string): string;
}

/** Characters of a row's values. */
export function lengthOf([, cells]: Row): number {
  return Object.values(cells).reduce<number>((sum, cell) => sum + String(cell).length, 0);
}

/**
 * One UPDATE that sets each row's own values, where the database does not take them as JSON (json-rows.ts). `rows` is not empty, and all of them
 * have the columns of the first. Pure.
 */
export function updateStatement(names: Names, rows: readonly Row[]): { sql: string; values: Cell[] } {
  const values: Cell[] = [];
  const parameter = (value: Cell): string => {
    values.push(value);
    return '?';
  };
  const id = names.quotedColumn('id');
  const set = Object.keys(rows[0][1]).map((attribute) => {
    const column = names.quotedColumn(attribute);
    const idsOf = new Map<Cell, number[]>();
    for (const [key, cells] of rows) idsOf.set(cells[attribute], [...(idsOf.get(cells[attribute]) ?? []), Number(key)]);
    if (idsOf.size === 1) return `${column} = ${parameter(rows[0][1][attribute])}`;
    const whens = [...idsOf].map(([value, ids]) => `WHEN ${id} IN (${ids.join()}) THEN ${parameter(value)}`);
    return `${column} = CASE ${whens.join(' ')} ELSE ${column} END`;
  });
  const keys = rows.map(([key]) => Number(key)).join();
  return { sql: `UPDATE ${names.quotedTable()} SET ${set.join(', ')} WHERE ${id} IN (${keys})`, values };
}
