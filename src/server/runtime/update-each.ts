/** Values of a row by column. */
export type Cells = Readonly<Record<string, Cell>>;
type Cell = string | number | boolean | null;
type Row = readonly [id: number, cells: Cells];

/** Rows in one statement. */
const MOST_ROWS = 100;
/** Characters in one statement; MariaDB takes 16 MB by default. A longer row goes alone. */
const MOST_CHARACTERS = 2_000_000;

/** What a statement has to know of its table. */
interface Names {
  quotedTable(): string;
  quotedColumn(attribute: string): string;
}

/** Rows in portions of bearable length. */
export function* portions(rows: Iterable<Row>): Generator<Row[]> {
  let some: Row[] = [];
  let length = 0;
  for (const row of rows) {
    const mine = Object.values(row[1]).reduce<number>((sum, cell) => sum + String(cell).length, 0);
    if (some.length >= MOST_ROWS || (some.length > 0 && length + mine > MOST_CHARACTERS)) {
      yield some;
      [some, length] = [[], 0];
    }
    some.push(row);
    length += mine;
  }
  if (some.length > 0) yield some;
}

/**
 * One UPDATE that sets each row's own values. `rows` is not empty, and all of them have the columns of the first. Pure.
 * @param mark the placeholder of the nth value
 */
export function updateStatement(
  names: Names,
  rows: readonly Row[],
  mark: (nth: number) => string,
): { sql: string; values: Cell[] } {
  const values: Cell[] = [];
  const parameter = (value: Cell): string => mark(values.push(value));
  const id = names.quotedColumn('id');
  const set = Object.keys(rows[0][1]).map((attribute) => {
    const column = names.quotedColumn(attribute);
    const idsOf = new Map<Cell, number[]>();
    for (const [key, cells] of rows) idsOf.set(cells[attribute], [...(idsOf.get(cells[attribute]) ?? []), Number(key)]);
    if (idsOf.size === 1) return `${column} = ${parameter(rows[0][1][attribute])}`;
    const whens = [...idsOf].map(([value, ids]) => `WHEN ${id} IN (${ids.join()}) THEN ${parameter(value)}`);
    // The column itself says of which type the parameters are.
    return `${column} = CASE ${whens.join(' ')} ELSE ${column} END`;
  });
  const keys = rows.map(([key]) => Number(key)).join();
  return { sql: `UPDATE ${names.quotedTable()} SET ${set.join(', ')} WHERE ${id} IN (${keys})`, values };
}
