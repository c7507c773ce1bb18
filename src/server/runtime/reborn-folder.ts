import { Op, type Transaction, type WhereOptions } from 'sequelize';
import type { FolderRow, PlacementRow } from '../ports/records';
import { clearFolder } from './clear-folder';
import { PARKED, REBORN, WAITING } from './parked-rows';
import type { Tx } from './table';
import type { Tables } from './tables';

/**
 * Clears a folder that begins anew under the same UIDVALIDITY, or is another one. Rows of which something is wished wait for their mails. Killed in
 * the middle of it, the next look is a first one: what is left is compared with all that is there.
 */
export async function clearReborn(
  tables: Tables,
  folder: FolderRow,
  write: (work: (tx: Transaction) => Promise<void>) => Promise<void>,
): Promise<void> {
  const { id } = folder;
  const past = { folderId: id, uidValidity: { [Op.notIn]: WAITING } };
  const wished = { ...past, hasIntent: true } as WhereOptions<PlacementRow>;
  const others = { ...past, hasIntent: false } as WhereOptions<PlacementRow>;
  await write(async (tx) => {
    await loseUids(tables, wished, tx);
    await outdateParked(tables, folder, tx);
    await tables.folders.update({ cursor: null, begunAt: Date.now() }, { id }, tx);
  });
  await clearFolder(tables, id, others, write);
  // What was wished in between.
  await write((tx) => loseUids(tables, wished, tx));
}

/** What was moved into a folder that has begun its UIDs anew since may have gone with the one that it was. */
export async function outdateParked(tables: Tables, { id }: FolderRow, tx: Tx): Promise<void> {
  await loseUids(tables, { folderId: id, uidValidity: PARKED }, tx);
}

async function loseUids({ placements }: Tables, where: WhereOptions<PlacementRow>, tx: Tx): Promise<void> {
  // A row's own id: one that no other row in the folder has.
  const uid = placements.db.sequelize.literal(placements.quotedColumn('id'));
  await placements.update({ uidValidity: REBORN, uid }, where, tx);
}
