import { Op, type Transaction, type WhereOptions } from 'sequelize';
import type { FolderId } from '../mail/ids';
import type { PlacementRow } from '../ports/records';
import { noteCopies, type Heirs } from './copies';
import { changedFolders, removePlacements } from './folder-counts';
import type { Tables } from './tables';

const PORTION = 1_000;

/**
 * Removes rows of one folder, however many, in transactions that are short: a node cannot renew its leases while one of them is written under.
 * Stopped in the middle, it leaves what the next call removes.
 * @param heirs as `noteCopies` takes them
 */
export async function clearFolder(
  tables: Tables,
  folder: FolderId,
  where: WhereOptions<PlacementRow>,
  write: (work: (tx: Transaction) => Promise<void>) => Promise<void>,
  heirs?: Heirs,
): Promise<void> {
  for (;;) {
    const some = await tables.placements.find(where, { attributes: ['id'], limit: PORTION });
    if (some.length === 0) return;
    await write(async (tx) => {
      const these = { id: { [Op.in]: some.map(({ id }) => id) } };
      // Asked once more: what is wished of one of them meanwhile may make it another one.
      const going = { [Op.and]: [where, these] } as WhereOptions<PlacementRow>;
      await noteCopies(tables, going, tx, heirs);
      await removePlacements(tables, going, tx);
      await changedFolders(tables, [folder], tx);
    });
    if (some.length < PORTION) return;
  }
}
