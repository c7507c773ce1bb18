import { Op } from 'sequelize';
import { applyChange, type FlagChange } from '../mail/flags';
import { remoteId, splitRemoteId, type AccountId, type FolderId, type RemoteId } from '../mail/ids';
import { isOther } from '../mail/standing';
import type { FolderRow, PlacementRow } from '../ports/records';
import type { Operation, OperationMove } from '../ports/stores';
import { isCounted } from '../providers/imap/folder-cursor';
import { noteCopies } from './copies';
import { changedFolders } from './folder-counts';
import { PARKED } from './parked-rows';
import { shownFlags } from './thread-summaries';
import { locked, type Tx } from './table';
import type { Tables } from './tables';
import { handOn } from './waiting-rows';

/** Changes made here that the server has not heard, oldest rows first. Only those whose UID still means something. */
export async function waitingOperations(
  tables: Tables,
  account: AccountId,
  limit: number,
  after: number,
): Promise<{ operations: Operation[]; last: number | null }> {
  const where = { accountId: account, hasIntent: true, id: { [Op.gt]: after } };
  const rows = await tables.placements.find(where, { order: [['id', 'ASC']], limit });
  if (rows.length === 0) return { operations: [], last: null };
  const all = await tables.folders.find({ accountId: account });
  const folders = new Map(all.map((folder) => [folder.id, folder]));
  const operations = rows.flatMap((row) => {
    const folder = folders.get(row.folderId);
    if (!folder || folder.isGone || folder.epoch !== row.uidValidity) return [];
    const { receivedAt, sizeBytes, intent: change } = row;
    const begun = row.movingTo === null ? null : (folders.get(row.movingTo) ?? null);
    const id = remoteId(row.uidValidity, row.uid);
    const standing = { receivedAt, sizeBytes };
    return [{ placementId: row.id, folder, id, change, move: moveOf(row, folders), standing, begun }];
  });
  return { operations, last: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
}

/** An erasure is one only when the row says so: a target that is missing is no reason to delete anything. */
function moveOf(row: PlacementRow, folders: ReadonlyMap<FolderId, FolderRow>): OperationMove | null {
  if (row.pending === 'erase') return { kind: 'erase' };
  if (row.pending === null || row.shownFolderId === null) return null;
  if (row.shownFolderId === row.folderId) return { kind: 'stay' };
  return { kind: 'move', targetId: row.shownFolderId, target: folders.get(row.shownFolderId) ?? null };
}

/**
 * A move that is taken back. Not told to the server yet: nothing has to be moved back there. Told, and not heard: it has to be asked, so that
 * the wish to stay remains.
 */
export function backAt(row: PlacementRow): Pick<PlacementRow, 'pending' | 'shownFolderId' | 'hasIntent'> {
  const isBegun = row.movingTo !== null;
  return { pending: isBegun ? 'move' : null, shownFolderId: row.folderId, hasIntent: isBegun || row.intent !== null };
}

/**
 * From now on a message may be in two places, see `PlacementRow.movingTo`.
 * @returns those that shall be moved there still
 */
export async function beginMoveRows(
  tables: Tables,
  target: FolderRow,
  ids: readonly number[],
  tx: Tx,
): Promise<number[]> {
  const wished = { id: { [Op.in]: [...ids] }, pending: 'move' as const, shownFolderId: target.id };
  const rows = await tables.placements.find(wished, { attributes: ['id'], ...locked(tx) });
  const still = rows.map(({ id }) => id);
  await tables.placements.update({ movingTo: target.id }, { id: { [Op.in]: still } }, tx);
  return still;
}

/** Moves that were begun and not made. */
export async function endMoveRows(tables: Tables, ids: readonly number[], tx: Tx): Promise<void> {
  await tables.placements.update({ movingTo: null }, { id: { [Op.in]: [...ids] } }, tx);
}

/** Moves that were begun and taken back again: the messages are where they shall be, unless something else is wanted meanwhile. */
export async function settleStayRows(tables: Tables, ids: readonly number[], tx: Tx): Promise<void> {
  for (const row of await tables.placements.find({ id: { [Op.in]: [...ids] }, pending: 'move' }, locked(tx))) {
    if (row.shownFolderId !== row.folderId) continue;
    const stays = { pending: null, movingTo: null, hasIntent: row.intent !== null };
    await tables.placements.update(stays, { id: row.id }, tx);
  }
}

/** What the server refused is taken back, unless something else is wanted meanwhile. */
export async function undoMoveRows(tables: Tables, ids: readonly number[], to: FolderId | null, tx: Tx): Promise<void> {
  const refused = { pending: to === null ? ('erase' as const) : ('move' as const), shownFolderId: to };
  const rows = await tables.placements.find({ ...refused, id: { [Op.in]: [...ids] } }, locked(tx));
  for (const row of rows) {
    const back = { pending: null, movingTo: null, shownFolderId: row.folderId, hasIntent: row.intent !== null };
    await tables.placements.update(back, { id: row.id }, tx);
    await changedFolders(tables, [row.folderId, row.shownFolderId], tx);
  }
}

/** The server refused `change`; a wish that came meanwhile stays. */
export async function undoFlagRows(tables: Tables, ids: readonly number[], change: FlagChange, tx: Tx): Promise<void> {
  for (const row of await tables.placements.find({ id: { [Op.in]: [...ids] } }, locked(tx))) {
    const intent = withoutChange(row.intent, change);
    const isSeen = shownFlags({ flags: row.flags ?? [], intent }).has('\\Seen');
    const hasIntent = row.pending !== null || intent !== null;
    await tables.placements.update({ intent, isSeen, hasIntent }, { id: row.id }, tx);
    await changedFolders(tables, [row.shownFolderId], tx);
  }
}

function withoutChange(intent: FlagChange | null, refused: FlagChange): FlagChange | null {
  const add = (intent?.add ?? []).filter((flag) => !refused.add.includes(flag));
  const remove = (intent?.remove ?? []).filter((flag) => !refused.remove.includes(flag));
  return add.length + remove.length > 0 ? { add, remove } : null;
}

/** The server has heard of `change`; a wish that came meanwhile stays. */
export async function settleFlagRows(
  tables: Tables,
  folder: FolderRow,
  ids: readonly number[],
  change: FlagChange,
  tx: Tx,
): Promise<void> {
  const rows = await tables.placements.find({ folderId: folder.id, id: { [Op.in]: [...ids] } }, locked(tx));
  const told = JSON.stringify(change);
  for (const row of rows) {
    const flags = [...applyChange(new Set(row.flags ?? []), change)];
    const isSame = JSON.stringify(row.intent) === told;
    const done = isSame ? { intent: null, hasIntent: row.pending !== null } : {};
    const isSeen = shownFlags({ flags, intent: isSame ? null : row.intent }).has('\\Seen');
    await tables.placements.update({ flags, isSeen, ...done }, { id: row.id }, tx);
    if (isSeen !== row.isSeen) await changedFolders(tables, [row.shownFolderId], tx);
  }
}

/**
 * The rows lie in `target` now. Where that folder was looked at first, its own row stays and ours goes.
 * @returns false when the server named a UID at which we know another mail: the target is not what we take it for, and wants to be compared
 */
export async function settleMoveRows(
  tables: Tables,
  target: FolderRow,
  moved: readonly { readonly placementId: number; readonly to: RemoteId | null }[],
  tx: Tx,
): Promise<boolean> {
  const { placements } = tables;
  const ids = moved.map(({ placementId }) => placementId);
  // Messages before folders, as everybody locks them.
  const rows = await placements.find({ id: { [Op.in]: ids } }, locked(tx));
  await changedFolders(tables, [target.id], tx);
  await countDeparted(tables, rows, tx);
  const done: number[] = [];
  /** Rows that the moved mails have in the target. */
  const heirs: number[] = [];
  let isAsKnown = true;
  for (const mine of rows) {
    const to = moved.find(({ placementId }) => placementId === mine.id)?.to ?? null;
    const isNamed = to !== null && splitRemoteId(to).uidValidity === target.epoch;
    const at = isNamed ? await settleAt(tables, target, mine, to, tx) : null;
    if (at === 'other') isAsKnown = false;
    else if (at !== null) {
      if (at.id === mine.id) continue;
      heirs.push(at.id);
      done.push(mine.id);
      continue;
    }
    const wish = wishAfterMove(mine, target);
    const waits = await (wish.hasIntent ? isUnreached : isMistakable)(tables, target, mine, tx);
    if (!waits) done.push(mine.id);
    else
      await placements.update({ folderId: target.id, uidValidity: PARKED, uid: mine.id, ...wish }, { id: mine.id }, tx);
  }
  if (rows.length > 0) await tables.folders.update({ uncountedSince: 0 }, { id: target.id }, tx);
  const gone = { id: { [Op.in]: done } };
  await noteCopies(tables, gone, tx, { rows: heirs });
  await placements.remove(gone, tx);
  return isAsKnown;
}

/**
 * The server did not say where a mail is: what is wished of it meanwhile must reach the row that will be listed there, unless that was
 * looked at first. Of two copies of one mail in a folder it is the same which of them is meant.
 */
async function isUnreached(tables: Tables, target: FolderRow, mine: PlacementRow, tx: Tx): Promise<boolean> {
  if (mine.messageId === null) return true;
  const there = { folderId: target.id, uidValidity: target.epoch ?? '', messageId: mine.messageId, hasIntent: false };
  const [copy] = await tables.placements.find(there, { ...locked(tx), limit: 1 });
  if (!copy) return true;
  // It has left its folder: to go back there is a move like any other.
  await handOn(tables, { ...mine, folderId: target.id }, copy, tx);
  return false;
}

/** Whether what is wished of another copy, that was there before, could reach this one of which nothing is wished: then it waits beside that. */
async function isMistakable(tables: Tables, target: FolderRow, { messageId }: PlacementRow, tx: Tx): Promise<boolean> {
  if (messageId === null) return false;
  const waiting = { folderId: target.id, messageId, hasIntent: true };
  return (await tables.placements.first(waiting, { attributes: ['id'], transaction: tx })) !== null;
}

/** What was erased is gone here, too. */
export async function settleEraseRows(tables: Tables, ids: readonly number[], tx: Tx): Promise<void> {
  const where = { id: { [Op.in]: [...ids] } };
  await countDeparted(tables, await tables.placements.find(where, locked(tx)), tx);
  await tables.placements.remove(where, tx);
}

/**
 * Tells the folders which rows have left that their server counts less than at the last look (`departed`). Only those that it counted
 * then: one too many would hide, until everything is compared, that somebody else removed a message.
 */
async function countDeparted(tables: Tables, rows: readonly PlacementRow[], tx: Tx): Promise<void> {
  const { folders } = tables;
  const left = [...new Set(rows.map(({ folderId }) => folderId))];
  const known = await folders.find({ id: { [Op.in]: left } }, { attributes: ['id', 'cursor'], transaction: tx });
  for (const { id, cursor } of known) {
    const count = rows.filter((row) => row.folderId === id && isCounted(cursor, row)).length;
    if (count === 0) continue;
    const departed = folders.db.sequelize.literal(`COALESCE(${folders.quotedColumn('departed')}, 0) + ${count}`);
    await folders.update({ departed }, { id }, tx);
  }
}

/** What is still to be done with a row that has arrived in `target`. Moved on meanwhile: that is the next operation, from there. */
function wishAfterMove(
  mine: PlacementRow,
  target: FolderRow,
): Pick<PlacementRow, 'pending' | 'hasIntent' | 'movingTo'> {
  if (mine.shownFolderId === target.id) return { pending: null, movingTo: null, hasIntent: mine.intent !== null };
  return { pending: mine.pending ?? 'move', movingTo: null, hasIntent: true };
}

/**
 * The row that a moved mail has in the target: ours, or the folder's own, which was there first and gets the wish. `other` when that is the row of
 * another mail: the folder has begun its UIDs anew under the same UIDVALIDITY, unseen by us.
 */
async function settleAt(
  tables: Tables,
  target: FolderRow,
  mine: PlacementRow,
  to: RemoteId,
  tx: Tx,
): Promise<Pick<PlacementRow, 'id'> | 'other'> {
  const place = { folderId: target.id, ...splitRemoteId(to) };
  const wish = wishAfterMove(mine, target);
  const there = await tables.placements.first(place, locked(tx));
  if (!there || there.id === mine.id) {
    await tables.placements.update({ ...place, ...wish }, { id: mine.id }, tx);
    return mine;
  }
  if (isAnother(mine, there)) return 'other';
  const { intent, shownFolderId } = mine;
  if (wish.hasIntent) await tables.placements.update({ intent, shownFolderId, ...wish }, { id: there.id }, tx);
  return there;
}

/** A move keeps INTERNALDATE and size (RFC 9051 §6.4.7); one mail has two contents here only while one of them cannot be read. */
const isAnother = (mine: PlacementRow, there: PlacementRow): boolean =>
  mine.messageId !== there.messageId && isOther(mine, there);
