import { Op, type Transaction, type WhereOptions } from 'sequelize';
import type { FolderRow, PlacementRow } from '../ports/records';
import { clearFolder } from './clear-folder';
import { WAITING } from './parked-rows';
import type { Tables } from './tables';

/**
 * A folder may be busy, and a mail that was moved become visible late: until then what is wished of it waits. Not for longer, or it might
 * reach a copy that somebody puts there again.
 */
const LONGEST_WAIT_MS = 60 * 60_000;

/** Not “other than”: that would look at the whole folder, these are two ends of an index. */
const pastOf = ({ id, epoch }: FolderRow): WhereOptions<PlacementRow> => ({
  folderId: id,
  uidValidity: { [Op.or]: [{ [Op.lt]: epoch ?? '' }, { [Op.gt]: epoch ?? '' }] },
  // Rows that wait for their message to be listed are of no epoch.
  [Op.not]: { uidValidity: { [Op.in]: WAITING } },
});

/** Rows whose message was not listed for so long that it must be gone, or cannot be told from others. */
const tooLateOf = (folders: readonly FolderRow[], now: number): WhereOptions<PlacementRow> =>
  ({
    folderId: { [Op.in]: folders.map(({ id }) => id) },
    uidValidity: { [Op.in]: WAITING },
    updatedAt: { [Op.lt]: new Date(now - LONGEST_WAIT_MS) },
  }) as WhereOptions<PlacementRow>;

/** A mail of the new epoch that was not read yet may be the one of which something is wished in a row of the old one. */
async function hasUnread(tables: Tables, { id, epoch }: FolderRow): Promise<boolean> {
  const unread = { folderId: id, uidValidity: epoch ?? '', messageId: null };
  return (await tables.placements.first(unread, { attributes: ['id'] })) !== null;
}

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
    if (past.has(String(folder.id)) && !(await hasUnread(tables, folder))) await clear(pastOf(folder));
    if (late.has(String(folder.id))) await clear(tooLateOf([folder], now));
  }
}
