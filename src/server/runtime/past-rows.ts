import { Op, type Transaction, type WhereOptions } from 'sequelize';
import type { FolderRow, PlacementRow } from '../ports/records';
import { clearFolder } from './clear-folder';
import { PARKED } from './parked-rows';
import type { Tables } from './tables';

/**
 * A folder may be busy, and a mail that was moved become visible late: until then what is wished of it waits. Not for longer, or it might
 * reach a copy that somebody puts there again.
 */
const LONGEST_WAIT_MS = 60 * 60_000;

/** Not “other than”: that would look at the whole folder, these are two ends of an index. */
const pastOf = ({ id, epoch }: FolderRow): WhereOptions<PlacementRow> => ({
  folderId: id,
  // Rows that wait for their message to be listed are of no epoch.
  uidValidity: { [Op.or]: [{ [Op.gt]: PARKED, [Op.lt]: epoch ?? '' }, { [Op.gt]: epoch ?? PARKED }] },
});

/** Rows whose message was not listed for so long that it must be gone, or cannot be told from others. */
const tooLateOf = (folders: readonly FolderRow[], now: number): WhereOptions<PlacementRow> =>
  ({
    folderId: { [Op.in]: folders.map(({ id }) => id) },
    uidValidity: PARKED,
    updatedAt: { [Op.lt]: new Date(now - LONGEST_WAIT_MS) },
  }) as WhereOptions<PlacementRow>;

/** Removes what is of no use any more in some folders of which everything is listed, in transactions that are short. */
export async function dropPastRows(
  tables: Tables,
  folders: readonly FolderRow[],
  now: number,
  write: (folder: FolderRow, work: (tx: Transaction) => Promise<void>) => Promise<void>,
): Promise<void> {
  // Asked first: nearly always there is nothing.
  const past = await tables.placements.totals('folderId', { [Op.or]: folders.map(pastOf) });
  const late = await tables.placements.totals('folderId', tooLateOf(folders, now));
  for (const folder of folders) {
    const clear = (where: WhereOptions<PlacementRow>): Promise<void> =>
      clearFolder(tables, folder.id, where, (work) => write(folder, work));
    if (past.has(String(folder.id))) await clear(pastOf(folder));
    if (late.has(String(folder.id))) await clear(tooLateOf([folder], now));
  }
}
