import { Op, type Transaction } from 'sequelize';
import type { AccountId, FolderId } from '../mail/ids';
import type { FolderRow, PlacementRow } from '../ports/records';
import { changedFolders, removePlacements } from './folder-counts';
import { inherit } from './store-contents';
import { locked } from './table';
import type { Tables } from './tables';

const PORTION = 500;

/** Folders that came when this one went, or later: one of them may be it under another name. */
async function heirsOf(tables: Tables, { accountId, heirsAfter }: FolderRow): Promise<FolderRow[]> {
  if (heirsAfter === null) return [];
  return tables.folders.find({ accountId, isGone: false, isSelectable: true, id: { [Op.gt]: heirsAfter } });
}

/** Folders that are gone for good: missing from more than one list, with nothing left to hand on that has no heir yet. */
export async function goingFolders(
  tables: Tables,
  accountId: AccountId,
  seenBefore: ReadonlySet<FolderId>,
): Promise<FolderRow[]> {
  const going: FolderRow[] = [];
  for (const folder of await tables.folders.find({ accountId, isGone: true }))
    if (!seenBefore.has(folder.id) && !(await hasHeirsToCome(tables, folder))) going.push(folder);
  return going;
}

/** Whether a folder that is gone must wait: something is wished of its mails, and which mails its heirs have is not known yet. */
async function hasHeirsToCome(tables: Tables, folder: FolderRow): Promise<boolean> {
  const wished = await tables.placements.first({ folderId: folder.id, hasIntent: true }, { attributes: ['id'] });
  if (!wished) return false;
  const heirs = await heirsOf(tables, folder);
  if (heirs.some(({ scannedAt }) => scannedAt === null)) return true;
  const unread = { folderId: { [Op.in]: heirs.map(({ id }) => id) }, messageId: null };
  return (await tables.placements.first(unread, { attributes: ['id'] })) !== null;
}

/**
 * A folder that was renamed on a server without MAILBOXID (RFC 8474) is another one here, with the same mails (one content has one row). What was
 * wished of them in the old one, and the server has not heard, goes to the new one. Not to copies that lay elsewhere before: nobody meant those.
 */
export async function bequeath(
  tables: Tables,
  folder: FolderRow,
  write: (work: (tx: Transaction) => Promise<void>) => Promise<void>,
): Promise<void> {
  const heirs = (await heirsOf(tables, folder)).map(({ id }) => id);
  const wished = { folderId: folder.id, hasIntent: true };
  for (let left = PORTION; left === PORTION;)
    await write(async (tx) => {
      const some = await tables.placements.find(wished, { ...locked(tx), limit: PORTION });
      left = some.length;
      for (const past of some) await bequeathOne(tables, past, heirs, tx);
      await removePlacements(tables, { id: { [Op.in]: some.map(({ id }) => id) } }, tx);
    });
}

async function bequeathOne(
  tables: Tables,
  past: PlacementRow,
  heirs: readonly FolderId[],
  tx: Transaction,
): Promise<void> {
  if (past.messageId === null || heirs.length === 0) return;
  const same = { messageId: past.messageId, folderId: { [Op.in]: [...heirs] } };
  const [heir, ...others] = await tables.placements.find(same, locked(tx));
  if (!heir || others.length > 0) return;
  // On its way to the folder in which it is now.
  const isThere = past.pending === 'move' && past.shownFolderId === heir.folderId;
  await inherit(tables, heir.id, isThere ? { ...past, pending: null } : past, tx);
  await changedFolders(tables, [heir.folderId, past.shownFolderId], tx);
}
