import { Op, type Transaction } from 'sequelize';
import type { AccountId, MessageId } from '../mail/ids';
import type { MessageRow } from '../ports/records';
import type { NativeIndex } from './search/native-index';
import { despiteIndex, removeEntries, searchIndexIfAny } from './search/search-index';
import type { Tx } from './table';
import type { Tables } from './tables';

const PORTION = 500;

type Write = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

/** When contents may go. Times in ms. */
export interface Rest {
  readonly now: number;
  /** So long they must have lain nowhere, as far as we know: a mail that was moved may be on its way to a folder that was looked at before. */
  readonly restMs: number;
}

/**
 * Removes contents that have lain nowhere for a while, with their attachments, their words and conversations that are empty then. It goes through
 * all messages of the account: what lies nowhere for the first time is marked (`orphanedAt`), and goes in a later sweep.
 * @returns how many were removed
 */
export async function sweepContents(tables: Tables, account: AccountId, rest: Rest, write: Write): Promise<number> {
  const { messages } = tables;
  let swept = 0;
  for (let after = 0 as MessageId; ;) {
    const where = { accountId: account, id: { [Op.gt]: after } };
    const order: [string, string][] = [['id', 'ASC']];
    const some = await messages.find(where, { attributes: ['id', 'orphanedAt'], order, limit: PORTION });
    const last = some.at(-1);
    if (!last) return swept;
    after = last.id;
    swept += await sweepPortion(tables, account, some, rest, write);
  }
}

type Marked = Pick<MessageRow, 'id' | 'orphanedAt'>;

async function sweepPortion(
  tables: Tables,
  account: AccountId,
  some: readonly Marked[],
  { now, restMs }: Rest,
  write: Write,
): Promise<number> {
  const orphans = new Set(await notPlaced(tables, idsOf(some), undefined));
  const marked = some.filter(({ orphanedAt }) => orphanedAt !== null);
  const back = idsOf(marked.filter(({ id }) => !orphans.has(id)));
  const due = idsOf(marked.filter(({ id, orphanedAt }) => orphans.has(id) && Number(orphanedAt) <= now - restMs));
  const fresh = idsOf(some.filter(({ id, orphanedAt }) => orphans.has(id) && orphanedAt === null));
  if (back.length + fresh.length > 0) {
    await write(async (tx) => {
      await tables.messages.update({ orphanedAt: null }, { id: { [Op.in]: back } }, tx);
      await tables.messages.update({ orphanedAt: now }, { id: { [Op.in]: await notPlaced(tables, fresh, tx) } }, tx);
    });
  }
  if (due.length === 0) return 0;
  return despiteIndex(await searchIndexIfAny(tables), (index) =>
    write((tx) => removeMessages(tables, account, due, index, tx)),
  );
}

const idsOf = (rows: readonly Marked[]): MessageId[] => rows.map(({ id }) => id);

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
