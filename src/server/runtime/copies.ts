import { Op, type WhereOptions } from 'sequelize';
import type { FolderId, MessageId } from '../mail/ids';
import type { FolderRow, MessageRow, PlacementRow } from '../ports/records';
import type { Tx } from './table';
import type { Tables } from './tables';

/** A folder may be busy for days before we learn that its UIDs have begun anew: what left another one meanwhile may lie in it. */
const REMEMBERED_MS = 7 * 24 * 60 * 60_000;

/** Which other rows are no copies, but the very mails of the rows that go. */
export interface Heirs {
  /** Folders under whose name they may be listed now, at the same UIDs. */
  readonly folders?: readonly FolderId[];
  /** Rows that they have where they were moved to. */
  readonly rows?: readonly number[];
}

/**
 * Of mails that lie in more than one place, and now in one less, it is kept when that was. Nobody can tell where the copy that has left turns up: in
 * a folder whose UIDs begin anew it may take the place of the one of which something is wished.
 * @param going rows that are about to be removed, a thousand at most
 * @param heirs what the very same mails are by now
 */
export async function noteCopies(
  tables: Tables,
  going: WhereOptions<PlacementRow>,
  tx: Tx,
  { folders = [], rows: moved = [] }: Heirs = {},
): Promise<void> {
  const { placements, messages } = tables;
  const attributes = ['id', 'accountId', 'messageId', 'uidValidity', 'uid', 'sizeBytes', 'receivedAt'];
  const rows = await placements.find(going, { attributes, transaction: tx });
  const ids = mailsOf(rows);
  if (ids.length === 0) return;
  const places = new Set(rows.map(placeOf));
  const all = { messageId: { [Op.in]: ids }, id: { [Op.notIn]: rows.map(({ id }) => id) } };
  const where = ['id', 'messageId', 'folderId', 'uidValidity', 'uid'];
  const others = await placements.find(all, { attributes: where, transaction: tx });
  const isOwn = (row: PlacementRow): boolean =>
    moved.includes(row.id) || (folders.includes(row.folderId) && places.has(placeOf(row)));
  const alike = await alikeNameless(tables, rows, ids, tx);
  const copied = mailsOf([...others.filter((row) => !isOwn(row)), ...alike]);
  if (copied.length > 0) await messages.update({ copiedAt: Date.now() }, { id: { [Op.in]: copied } }, tx);
}

const placeOf = ({ messageId, uidValidity, uid }: Pick<PlacementRow, 'messageId' | 'uidValidity' | 'uid'>): string =>
  `${messageId} ${uidValidity}:${uid}`;

const mailsOf = (rows: readonly Pick<PlacementRow, 'messageId'>[]): MessageId[] => [
  ...new Set(rows.flatMap(({ messageId }) => messageId ?? [])),
];

/** Each copy of a mail without Message-ID is a mail of its own here; what is as large and came in the same second may be another one. */
async function alikeNameless(
  { placements, messages }: Tables,
  rows: readonly PlacementRow[],
  ids: readonly MessageId[],
  tx: Tx,
): Promise<PlacementRow[]> {
  const unnamed = { id: { [Op.in]: [...ids] }, messageId: null };
  const nameless = new Set(
    (await messages.find(unnamed, { attributes: ['id'], transaction: tx })).map((message) => message.id),
  );
  const leaving = rows.filter(({ messageId }) => messageId !== null && nameless.has(messageId));
  if (leaving.length === 0) return [];
  const likeOf = ({ sizeBytes, receivedAt }: PlacementRow): string => `${sizeBytes} ${receivedAt}`;
  const likes = new Set(leaving.map(likeOf));
  const [{ accountId }] = leaving;
  const sizeBytes = { [Op.in]: [...new Set(leaving.map((row) => row.sizeBytes))] };
  const where = { accountId, sizeBytes, id: { [Op.notIn]: rows.map(({ id }) => id) } };
  const attributes = ['messageId', 'sizeBytes', 'receivedAt'];
  return (await placements.find(where, { attributes, transaction: tx })).filter((row) => likes.has(likeOf(row)));
}

/** Whether another copy of a mail has left so lately that it may lie in this folder now. Pure but for folders of which nobody knows when they began. */
export const leftLately = (
  { copiedAt }: Pick<MessageRow, 'copiedAt'>,
  { begunAt }: Pick<FolderRow, 'begunAt'>,
): boolean => copiedAt !== null && copiedAt >= (begunAt ?? Date.now()) - REMEMBERED_MS;

/**
 * Of which of some mails another copy is, or lately was, somewhere: with UIDs that begin anew nobody knows whether a folder is still the one that it
 * was, and somebody may have moved that copy into it. Copies in the folder itself of which the same is wished are none: whichever is meant, it shall
 * be done to both.
 * @param wished rows of this folder
 * @param apart rows that are not looked at
 */
export async function copiedOf(
  { placements, messages }: Tables,
  folder: FolderRow,
  wished: readonly PlacementRow[],
  apart: readonly number[],
  tx: Tx,
): Promise<ReadonlySet<MessageId | null>> {
  const mails = mailsOf(wished);
  if (mails.length === 0) return new Set();
  const { id, accountId } = folder;
  const others = { accountId, messageId: { [Op.in]: mails }, id: { [Op.notIn]: [...apart] } };
  const attributes = ['messageId', 'folderId', 'pending', 'shownFolderId', 'intent', 'hasIntent'];
  const isSame = (one: PlacementRow): boolean =>
    one.folderId === id &&
    one.hasIntent &&
    wished.every((row) => row.messageId !== one.messageId || wishOf(row) === wishOf(one));
  const found = (await placements.find(others, { attributes, transaction: tx })).filter((one) => !isSame(one));
  const known = { id: { [Op.in]: mails }, copiedAt: { [Op.ne]: null } };
  const noted = await messages.find(known, { attributes: ['id', 'copiedAt'], transaction: tx });
  const left = noted.filter((message) => leftLately(message, folder));
  return new Set([...mailsOf(found), ...left.map((message) => message.id)]);
}

const wishOf = ({ pending, shownFolderId, intent }: PlacementRow): string =>
  JSON.stringify([pending, pending === null ? null : shownFolderId, intent]);
