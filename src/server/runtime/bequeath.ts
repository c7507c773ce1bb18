import { Op, type Transaction } from 'sequelize';
import type { AccountId, FolderId } from '../mail/ids';
import type { FolderRow, PlacementRow } from '../ports/records';
import { noteCopies, type Heirs } from './copies';
import { changedFolders, removePlacements } from './folder-counts';
import { locked } from './table';
import { foldersOf, mayBeRenamed, type KnownFolder } from './renamed-folders';
import type { Tables } from './tables';
import { handOn, SKEW_MS } from './waiting-rows';

const PORTION = 500;

/** A folder that cannot be read for so long is not waited for: what is wished of a mail shall not reach it half a day later. */
const LONGEST_WAIT_MS = 60 * 60_000;

interface Successors {
  /** Folders whose UIDs began when this one went, or later. */
  readonly since: readonly KnownFolder[];
  /** Those of them that may be it under another name. */
  readonly heirs: readonly KnownFolder[];
}

async function successorsOf(tables: Tables, gone: FolderRow): Promise<Successors> {
  const { goneAt } = gone;
  if (goneAt === null) return { since: [], heirs: [] };
  const all = await foldersOf(tables, gone);
  const isSince = ({ epoch, begunAt }: KnownFolder): boolean =>
    epoch === null || (begunAt !== null && begunAt >= goneAt - SKEW_MS);
  const since = all.filter((one) => !one.isGone && one.isSelectable && isSince(one));
  return { since, heirs: since.filter((one) => mayBeRenamed(gone, one, all)) };
}

/** Folders that are gone for good: missing from more than one list, with nothing left to hand on that has no heir yet. */
export async function goingFolders(
  tables: Tables,
  accountId: AccountId,
  seenBefore: ReadonlySet<FolderId>,
  now: number,
): Promise<FolderRow[]> {
  const going: FolderRow[] = [];
  for (const folder of await tables.folders.find({ accountId, isGone: true }))
    if (!seenBefore.has(folder.id) && !(await hasHeirsToCome(tables, folder, now))) going.push(folder);
  return going;
}

/**
 * Whether a folder that is gone must wait: something is wished of its mails, and which mails its heirs have is not known yet. Where nothing has come since,
 * lists may have left it out by mistake, and what was deleted in it would come back with it.
 */
async function hasHeirsToCome(tables: Tables, folder: FolderRow, now: number): Promise<boolean> {
  const isLate = now - (folder.goneAt ?? 0) > LONGEST_WAIT_MS;
  const wished = await tables.placements.first({ folderId: folder.id, hasIntent: true }, { attributes: ['id'] });
  if (!wished) return false;
  const { since, heirs: all } = await successorsOf(tables, folder);
  if (since.length === 0) return !isLate;
  const heirs = all.filter(({ errorCode }) => errorCode === null || !isLate);
  if (heirs.some(({ scannedAt }) => scannedAt === null)) return true;
  const unread = { folderId: { [Op.in]: heirs.map(({ id }) => id) }, messageId: null };
  return (await tables.placements.first(unread, { attributes: ['id'] })) !== null;
}

/**
 * What is left of wishes in a folder that goes: most have gone to the mails that were read in its heir (waiting-rows.ts). A folder that was
 * renamed and got its old name back has had them all the time. Not over what was wished of them since, and only at the very same place.
 * @returns the folders that may be it under another name
 */
export async function bequeath(
  tables: Tables,
  folder: FolderRow,
  write: (work: (tx: Transaction) => Promise<void>) => Promise<void>,
): Promise<Heirs> {
  const heirs = (await successorsOf(tables, folder)).heirs.map(({ id }) => id);
  const wished = { folderId: folder.id, hasIntent: true };
  for (let left = PORTION; left === PORTION;)
    await write(async (tx) => {
      const some = await tables.placements.find(wished, { ...locked(tx), limit: PORTION });
      left = some.length;
      for (const past of some) await bequeathOne(tables, past, heirs, tx);
      const gone = { id: { [Op.in]: some.map(({ id }) => id) } };
      await noteCopies(tables, gone, tx, { folders: heirs });
      await removePlacements(tables, gone, tx);
    });
  return { folders: heirs };
}

async function bequeathOne(
  tables: Tables,
  past: PlacementRow,
  heirs: readonly FolderId[],
  tx: Transaction,
): Promise<void> {
  if (past.messageId === null || heirs.length === 0) return;
  const same = { messageId: past.messageId, folderId: { [Op.in]: [...heirs] }, hasIntent: false };
  const { uidValidity, uid } = past;
  const [heir] = await tables.placements.find({ ...same, uidValidity, uid }, locked(tx));
  if (!heir) return;
  await handOn(tables, past, heir, tx);
  await changedFolders(tables, [heir.folderId, past.shownFolderId], tx);
}
