/** Rows in one statement. */
const MOST_ROWS = 100;
/** Characters in one statement; MariaDB takes 16 MB by default. A longer row goes alone. */
const MOST_CHARACTERS = 2_000_000;

/** Rows in portions that a statement can hold, by their number and by what they hold. */
export function* portions<Row>(rows: Iterable<Row>, lengthOf: (row: Row) => number): Generator<Row[]> {
  let some: Row[] = [];
  let length = 0;
  for (const row of rows) {
    const mine = lengthOf(row);
    if (some.length >= MOST_ROWS || (some.length > 0 && length + mine > MOST_CHARACTERS)) {
      yield some;
      [some, length] = [[], 0];
    }
    some.push(row);
    length += mine;
  }
  if (some.length > 0) yield some;
}
