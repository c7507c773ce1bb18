/** Rows in one statement. */
const MOST_ROWS = 100;
/** Characters in one statement; MariaDB takes 16 MB by default. A longer row goes alone. */
const MOST_CHARACTERS = 2_000_000;

/** Characters of the texts of a row, which are what may be long. */
export const charactersOf = (row: object): number =>
  Object.values(row).reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 0), 0);

/** Rows in portions that a statement can hold, by their number and by what they hold. */
export function* portions<Row>(
  rows: Iterable<Row>,
  lengthOf: (row: Row) => number,
  mostRows = MOST_ROWS,
): Generator<Row[]> {
  let some: Row[] = [];
  let length = 0;
  for (const row of rows) {
    const mine = lengthOf(row);
    if (some.length >= mostRows || (some.length > 0 && length + mine > MOST_CHARACTERS)) {
      yield some;
      [some, length] = [[], 0];
    }
    some.push(row);
    length += mine;
  }
  if (some.length > 0) yield some;
}

/** Messages with what is indexed of them, in one transaction. */
const IN_A_TRANSACTION = 100;

/**
 * What is written in one transaction each. On SQLite a transaction costs as much as many messages; elsewhere it costs little, and one that is long
 * keeps others waiting, those who renew leases among them.
 */
export function* transactionsOf<Row>(rows: readonly Row[], dialect: string): Generator<readonly Row[]> {
  const most = dialect === 'sqlite' ? rows.length : IN_A_TRANSACTION;
  for (let at = 0; at < rows.length; at += most) yield rows.slice(at, at + most);
}
