import { Op } from 'sequelize';
import { MailError } from '../errors/mail-error';
import type { MessageId, ThreadId } from '../mail/ids';
import { fingerprint } from '../messages/fingerprint';
import type { FolderRow } from '../ports/records';
import type { ParsedMessage, ShallowPlacement } from '../ports/stores';
import { assignThread } from '../threads/assign-thread';
import { threadKeys } from '../threads/thread-keys';
import { whileLinked } from './live-account';
import type { Tx } from './table';
import type { Tables } from './tables';

/**
 * Stores the content of one placement, once per account: a copy of the same mail in another folder, or the same mail
 * after a move, gets the content that is there. One transaction, since content, attachments and thread are one fact.
 */
export async function saveContent(
  tables: Tables,
  folder: FolderRow,
  placement: ShallowPlacement,
  message: ParsedMessage,
): Promise<MessageId> {
  const key = fingerprint(message, { folderId: folder.id, id: placement.id });
  return whileLinked(tables, folder.accountId, async (tx) => {
    const known = await tables.messages.first({ accountId: folder.accountId, fingerprint: key }, { transaction: tx });
    const { id, threadId } = known?.threadId
      ? { id: known.id, threadId: known.threadId }
      : await insertContent(tables, folder, placement, message, key, tx);
    const placed = await tables.placements.update({ messageId: id, threadId }, { id: placement.placementId }, tx);
    // Unlinked or forgotten meanwhile: what was fetched for it must not stay behind.
    if (placed === 0) throw new MailError('EMAIL_MESSAGE_GONE');
    return id;
  });
}

async function insertContent(
  tables: Tables,
  folder: FolderRow,
  placement: ShallowPlacement,
  message: ParsedMessage,
  key: string,
  tx: Tx,
): Promise<{ id: MessageId; threadId: ThreadId }> {
  const { accountId, userId } = folder;
  const threadId = await joinThread(tables, folder, message, tx);
  const { attachments, date, headerDigest: _digest, ...content } = message;
  const row = await tables.messages.insert(
    {
      ...content,
      accountId,
      userId,
      threadId,
      fingerprint: key,
      sentAt: date?.getTime() ?? placement.receivedAt,
      hasAttachments: attachments.some((attachment) => !attachment.isInline),
    },
    tx,
  );
  await tables.attachments.insertMany(
    attachments.map((attachment) => ({ ...attachment, accountId, userId, messageId: row.id })),
    tx,
  );
  return { id: row.id, threadId };
}

/** Finds or begins the conversation, folding threads together that this message proves to be one. */
async function joinThread(tables: Tables, folder: FolderRow, message: ParsedMessage, tx: Tx): Promise<ThreadId> {
  const { accountId, userId } = folder;
  const keys = threadKeys(message);
  const rows = await tables.threadKeys.find({ accountId, idKey: { [Op.in]: keys } }, { transaction: tx });
  const known = new Map(rows.map((row) => [row.idKey, row.threadId as ThreadId]));
  const { thread, merge } = assignThread(keys, known);
  const threadId = thread ?? ((await tables.threads.insert({ accountId, userId }, tx)).id as ThreadId);
  const fresh = keys.filter((idKey) => !known.has(idKey)).map((idKey) => ({ accountId, idKey, threadId }));
  await tables.threadKeys.insertMany(fresh, tx);
  if (merge.length > 0) await foldThreads(tables, accountId, threadId, merge, tx);
  return threadId;
}

async function foldThreads(
  tables: Tables,
  accountId: number,
  threadId: ThreadId,
  merge: readonly ThreadId[],
  tx: Tx,
): Promise<void> {
  const where = { accountId, threadId: { [Op.in]: [...merge] } };
  await tables.messages.update({ threadId }, where, tx);
  await tables.placements.update({ threadId }, where, tx);
  await tables.threadKeys.update({ threadId }, where, tx);
  await tables.threads.remove({ accountId, id: { [Op.in]: [...merge] } }, tx);
}
