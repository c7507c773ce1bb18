import { Op, type Transaction } from 'sequelize';
import type { AccountId, MessageId } from '../mail/ids';
import type { NativeIndex } from './search/native-index';
import { despiteIndex, removeEntries, searchIndexIfAny } from './search/search-index';
import type { Tx } from './table';
import type { Tables } from './tables';

const PORTION = 500;

type Write = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

/**
 * Removes contents that lie nowhere any more, with their attachments, their words and conversations that are empty then.
 * @param olderThan ms: what was stored later may be on its way to another folder
 * @returns how many
 */
export async function sweepContents(
  tables: Tables,
  account: AccountId,
  olderThan: number,
  write: Write,
): Promise<number> {
  const { messages } = tables;
  let swept = 0;
  for (let after = 0 as MessageId; ;) {
    const where = { accountId: account, id: { [Op.gt]: after } };
    const order: [string, string][] = [['id', 'ASC']];
    const some = await messages.find(where, { attributes: ['id', 'createdAt'], order, limit: PORTION });
    if (some.length === 0) return swept;
    after = (some.at(-1) as { id: MessageId }).id;
    const old = some.filter((row) => Number((row as { createdAt?: Date }).createdAt) < olderThan).map(({ id }) => id);
    const orphans = await notPlaced(tables, old, undefined);
    if (orphans.length === 0) continue;
    swept += await despiteIndex(await searchIndexIfAny(tables), (index) =>
      write((tx) => removeMessages(tables, account, orphans, index, tx)),
    );
  }
}

async function notPlaced(tables: Tables, ids: readonly MessageId[], tx: Tx): Promise<MessageId[]> {
  if (ids.length === 0) return [];
  const where = { messageId: { [Op.in]: [...ids] } };
  const placed = await tables.placements.find(where, { attributes: ['messageId'], transaction: tx });
  const kept = new Set(placed.map((row) => row.messageId));
  return ids.filter((id) => !kept.has(id));
}

async function removeMessages(
  tables: Tables,
  account: AccountId,
  found: readonly MessageId[],
  index: NativeIndex | null,
  tx: Transaction,
): Promise<number> {
  const { messages, attachments, threads, threadKeys } = tables;
  // Asked again: since they were found, a mail that came back may have been given its content.
  const ids = await notPlaced(tables, found, tx);
  if (ids.length === 0) return 0;
  const going = { id: { [Op.in]: ids } };
  const rows = await messages.find(going, { attributes: ['threadId'], transaction: tx });
  await attachments.remove({ messageId: { [Op.in]: ids } }, tx);
  await removeEntries(tables, index, { ids }, tx);
  const removed = await messages.remove(going, tx);
  // A conversation without messages goes too; what answers it later begins a new one.
  for (const threadId of new Set(rows.flatMap((row) => row.threadId ?? []))) {
    if ((await messages.first({ threadId }, { attributes: ['id'], transaction: tx })) !== null) continue;
    await threadKeys.remove({ accountId: account, threadId }, tx);
    await threads.remove({ accountId: account, id: threadId }, tx);
  }
  return removed;
}
