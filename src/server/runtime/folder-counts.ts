import { Op, type WhereOptions } from 'sequelize';
import type { FolderId } from '../mail/ids';
import type { PlacementRow } from '../ports/records';
import { locked, type Tx } from './table';
import type { Tables } from './tables';

/** Says, in the transaction that changes what lies in some folders, that their counts are out of date. */
export async function changedFolders(tables: Tables, ids: readonly (FolderId | null)[], tx: Tx): Promise<void> {
  const some = [...new Set(ids)].filter((id): id is FolderId => id !== null);
  if (some.length > 0) await tables.folders.update({ needsCount: true }, { id: { [Op.in]: some } }, tx);
}

/**
 * Counts what people see in a folder. The unread ones are found by an index, so that their number costs what they are. The folder is locked
 * first: who changes it writes `needsCount` in the same transaction, so either that is counted here, or it is counted once more.
 */
export async function countFolder(tables: Tables, id: FolderId, tx: Tx): Promise<void> {
  await tables.folders.first({ id }, { attributes: ['id'], ...locked(tx) });
  const shown = { shownFolderId: id };
  const totalCount = await tables.placements.count(shown, tx);
  const unreadCount = await tables.placements.count({ ...shown, isSeen: false }, tx);
  await tables.folders.update({ totalCount, unreadCount, needsCount: false }, { id }, tx);
}

/** Removes placements; those that were shown elsewhere, on their way to another folder, change its counts too. */
export async function removePlacements(tables: Tables, where: WhereOptions<PlacementRow>, tx: Tx): Promise<number> {
  const moving = { [Op.and]: [where, { pending: { [Op.ne]: null } }] } as WhereOptions<PlacementRow>;
  const shown = await tables.placements.find(moving, { attributes: ['shownFolderId'], transaction: tx });
  const removed = await tables.placements.remove(where, tx);
  await changedFolders(
    tables,
    shown.map((row) => row.shownFolderId),
    tx,
  );
  return removed;
}
