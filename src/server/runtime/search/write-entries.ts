import { Op } from 'sequelize';
import { portions } from '../portions';
import type { Tx } from '../table';
import type { Tables } from '../tables';
import type { EntryRow, NativeIndex } from './native-index';
import { removeEntries, runIn } from './search-index';

/** In one statement. */
const MOST_ROWS = 1_000;

const lengthOf = ({ words }: EntryRow): number => words.reduce((sum, word) => sum + word.length + 1, 0);

/**
 * Writes entries of messages in the place of those that are there, in the transaction that writes what they describe or clears their mark.
 * @param fresh messages that are being written, too, so that they have no entry yet
 */
export async function writeEntries(
  tables: Tables,
  index: NativeIndex,
  rows: readonly EntryRow[],
  { fresh, tx }: { readonly fresh: ReadonlySet<number>; readonly tx: NonNullable<Tx> },
): Promise<void> {
  const ids = rows.map(({ id }) => id).filter((id) => !fresh.has(id));
  if (ids.length > 0) {
    // Only what is there: InnoDB locks the gap where a row to be deleted would be, and two accounts would wait for each other.
    const where = { id: { [Op.in]: ids } };
    const old = await tables.searchEntries.find(where, { attributes: ['id'], transaction: tx });
    await removeEntries(tables, index, { ids: old.map(({ id }) => id) }, tx);
  }
  for (const some of portions(rows, lengthOf, MOST_ROWS)) await index.insert(runIn(tables, tx), some);
}
