import { Op } from 'sequelize';
import { isClosed, lastLookAt } from '../accounts/account-health';
import { folderRank } from '../mail/folder-role';
import { storable } from '../mail/storable';
import type { FolderId } from '../mail/ids';
import { sha1 } from '../messages/fingerprint';
import type { AccountRow, FolderRow } from '../ports/records';
import type { RemoteFolder } from '../ports/session';
import type { LookOutcome } from '../ports/stores';
import { changedFolders, removePlacements } from './folder-counts';
import { backAt } from './operation-rows';
import { WAITING } from './parked-rows';
import { locked, type Tx } from './table';
import type { Tables } from './tables';

const LONGEST_NAME = 512;

/** Brings the folder rows of an account in line with what the server lists; answers those that are there. */
export async function saveFolderRows(
  tables: Tables,
  account: AccountRow,
  remote: readonly RemoteFolder[],
  tx: Tx,
): Promise<FolderRow[]> {
  const { folders } = tables;
  const known = await folders.find({ accountId: account.id }, { transaction: tx });
  const byPath = new Map(known.map((folder) => [folder.path, folder]));
  const now = Date.now();
  const closed = remote.filter((entry) => !entry.isSelectable && byPath.get(entry.path)?.isSelectable);
  for (const { path } of closed) {
    await setAside(tables, byPath.get(path) as FolderRow, now, tx);
    byPath.delete(path);
  }
  for (const entry of remote) await saveFolder(tables, account, byPath.get(entry.path), { entry, now }, tx);
  const present = new Set(remote.map((entry) => entry.path));
  // An empty list is no proof that every folder was deleted: no server lacks an INBOX.
  const gone = present.size > 0 ? known.filter((folder) => !present.has(folder.path) && !folder.isGone) : [];
  const ids = gone.map(({ id }) => id);
  if (gone.length > 0) await folders.update({ isGone: true, goneAt: now }, { id: { [Op.in]: ids } }, tx);
  return inOrder(await folders.find({ accountId: account.id, isGone: false }, { transaction: tx }));
}

/** As the reader sees them: folders with a role first. */
export function inOrder(rows: readonly FolderRow[]): FolderRow[] {
  return [...rows].sort((a, b) => folderRank(a.role) - folderRank(b.role) || a.path.localeCompare(b.path));
}

/** Whether the rows say already what the server lists. */
export function areAsListed(known: readonly FolderRow[], remote: readonly RemoteFolder[]): boolean {
  const byPath = new Map(known.map((folder) => [folder.path, folder]));
  return known.length === remote.length && remote.every((entry) => isAsListed(byPath.get(entry.path), entry));
}

function isAsListed(mine: FolderRow | undefined, entry: RemoteFolder): boolean {
  const isSame = mine?.role === entry.role && Boolean(mine.isSelectable) === entry.isSelectable;
  return isSame && !mine.isGone && mine.name === nameOf(entry);
}

/** As the database keeps it: half of a character that is cut is none. */
const nameOf = ({ name }: RemoteFolder): string => storable(name.slice(0, LONGEST_NAME));

/**
 * A folder that is deleted while it has others below it stays as a name that cannot be opened (RFC 9051 §6.3.5). Its row is one of a folder that is
 * gone, under a path that no server lists, and the name gets another one.
 */
async function setAside(tables: Tables, folder: FolderRow, now: number, tx: Tx): Promise<void> {
  const path = `${folder.path}\n${folder.id}`;
  const aside = { path, pathKey: sha1(path), isGone: true, goneAt: now };
  await tables.folders.update(aside, { id: folder.id }, tx);
}

async function saveFolder(
  tables: Tables,
  account: AccountRow,
  mine: FolderRow | undefined,
  { entry, now }: { readonly entry: RemoteFolder; readonly now: number },
  tx: Tx,
): Promise<void> {
  const { delimiter, role, isSelectable, path } = entry;
  const values = { name: nameOf(entry), role, isSelectable, isGone: false, goneAt: null };
  if (!mine) {
    const identity = { accountId: account.id, userId: account.userId, path, pathKey: sha1(path) };
    await tables.folders.insertMany([{ ...identity, ...values, delimiter: delimiter ?? '' }], tx);
  } else if (!isAsListed(mine, entry)) {
    const back = mine.isGone ? { begunAt: now } : {};
    await tables.folders.update({ ...values, ...back }, { id: mine.id }, tx);
  }
}

/** Writes down what looks at folders came to. */
export async function finishLookRows(
  tables: Tables,
  looks: readonly LookOutcome[],
  now: number,
  tx: Tx,
): Promise<void> {
  if (looks.length === 0) return;
  const cells = looks.map(({ folder, unreadGap, objectId }) => {
    const values = { unreadGap, objectId, lastSyncAt: now, errorCode: null, restsUntil: null, notifiedAt: null };
    return [folder.id, values] as const;
  });
  await tables.folders.updateEach(new Map(cells), tx);
}

/**
 * Writes down that a folder is in trouble, and when it was looked at last: passes that left it alone have told the account only. One that is in
 * trouble already keeps since when.
 */
export async function markFolderRow(
  tables: Tables,
  { id, accountId }: FolderRow,
  mark: Pick<FolderRow, 'errorCode' | 'errorAt' | 'restsUntil'>,
  tx: Tx,
): Promise<void> {
  const [folder, account] = await Promise.all([
    tables.folders.first({ id }, { transaction: tx }),
    tables.accounts.first({ id: accountId }, { transaction: tx }),
  ]);
  const seen = folder && account ? { lastSyncAt: lastLookAt(folder, account) } : {};
  const stays = folder && isClosed(folder) && isClosed({ ...folder, ...mark });
  const since = stays ? { errorAt: folder.errorAt } : {};
  await tables.folders.update({ ...mark, ...since, ...seen }, { id }, tx);
}

/** Removes folders that are gone for good, with what lies in them; their contents are swept later unless they turn up elsewhere. */
export async function dropGoneFolders(tables: Tables, some: readonly FolderId[], tx: Tx): Promise<void> {
  const ids = [...some];
  // A move into a folder that is gone is over: the messages are shown where they are.
  const going = { shownFolderId: { [Op.in]: ids }, folderId: { [Op.notIn]: ids } };
  for (const row of await tables.placements.find(going, locked(tx))) {
    await tables.placements.update(backAt(row), { id: row.id }, tx);
    await changedFolders(tables, [row.folderId], tx);
  }
  await removePlacements(tables, { folderId: { [Op.in]: ids } }, tx);
  await tables.folders.remove({ id: { [Op.in]: ids } }, tx);
}

/**
 * A folder with this MAILBOXID that is gone from its old path was renamed (RFC 8474 §4.1): its row, with all that belongs to it, takes
 * the new path, and the fresh row goes.
 */
export async function adoptFolder(
  tables: Tables,
  fresh: FolderRow,
  objectId: string,
  tx: Tx,
): Promise<FolderRow | null> {
  const { folders } = tables;
  const old = await folders.first({ accountId: fresh.accountId, objectId, isGone: true }, { transaction: tx });
  if (!old || old.id === fresh.id) return null;
  // What waits to be listed in it waits on in the folder that it is.
  await tables.placements.update({ folderId: old.id }, { folderId: fresh.id, uidValidity: { [Op.in]: WAITING } }, tx);
  await removePlacements(tables, { folderId: fresh.id }, tx);
  // What somebody has moved into it meanwhile goes to the folder that it is.
  await tables.placements.update({ shownFolderId: old.id }, { shownFolderId: fresh.id }, tx);
  await tables.placements.update({ movingTo: old.id }, { accountId: old.accountId, movingTo: fresh.id }, tx);
  await folders.remove({ id: fresh.id }, tx);
  const { path, pathKey, name, delimiter, role, isSelectable } = fresh;
  const place = { path, pathKey, name, delimiter, role, isSelectable, isGone: false, goneAt: null };
  await folders.update({ ...place, needsCount: true }, { id: old.id }, tx);
  return { ...old, ...place };
}
