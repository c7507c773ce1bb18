import { randomUUID } from 'node:crypto';
import { Op } from 'sequelize';
import type { AccountId, MessageId, ThreadId, UserId } from '../mail/ids';
import type { MessageRow } from '../ports/records';
import { regroup, type Grouped } from '../threads/regroup';
import type { ThreadRules } from '../threads/thread-keys';
import type { Tx } from './table';
import type { Tables, ThreadKeyRow } from './tables';

const CHUNK = 1_000;

interface Member extends Grouped {
  readonly userId: UserId;
}

/**
 * Threads some messages again that were put into their conversations by an earlier edition of the rules, with everything that lies in the
 * same conversations or shares a key: what comes out follows from the messages that are there. A batch is one transaction, and each
 * message says by which edition it was threaded, so that a process that dies loses a batch and nothing else.
 * @param most messages to begin with; their whole conversations come along
 * @returns how many were begun with; 0 when all are of today's edition
 */
export async function rethreadRows(
  tables: Tables,
  accountId: AccountId,
  most: number,
  rules: ThreadRules,
  tx: Tx,
): Promise<number> {
  const { messages } = tables;
  const earlier = { [Op.or]: [{ threadVersion: null }, { threadVersion: { [Op.lt]: rules.version } }] };
  const where = { accountId, ...earlier };
  const some = await messages.find(where, {
    attributes: ['id', 'threadId'],
    order: [['id', 'ASC']],
    limit: most,
    transaction: tx,
  });
  if (some.length === 0) return 0;
  const members = await conversationsOf(tables, accountId, some, rules, tx);
  await settle(tables, accountId, members, rules.version, tx);
  for (const id of chunks(members.map((member) => member.id)))
    await messages.update({ threadVersion: rules.version }, { id: { [Op.in]: id } }, tx);
  return some.length;
}

/** All messages of these conversations, and of those that today's rules join to them. */
async function conversationsOf(
  tables: Tables,
  accountId: AccountId,
  some: readonly Pick<MessageRow, 'id' | 'threadId'>[],
  rules: ThreadRules,
  tx: Tx,
): Promise<Member[]> {
  const seen = new Set<ThreadId>();
  const members = new Map<MessageId, Member>();
  const take = async (where: object): Promise<Member[]> => {
    const attributes = ['id', 'userId', 'threadId', 'messageId', 'inReplyTo', 'references', 'subject'];
    const more = { attributes: [...attributes, 'threadIndex', 'remoteThreadId'], transaction: tx };
    const rows = await tables.messages.find({ accountId, ...where }, more);
    const taken = rows.map((row) => ({
      id: row.id,
      userId: row.userId,
      threadId: row.threadId,
      keys: rules.keysOf({ ...row, references: row.references ?? [], subject: row.subject ?? '' }),
    }));
    for (const member of taken) members.set(member.id, member);
    return taken;
  };
  const loose = some.flatMap(({ id, threadId }) => (threadId === null ? [id] : []));
  let fresh = loose.length > 0 ? await take({ id: { [Op.in]: loose } }) : [];
  let wanted = some.flatMap(({ threadId }) => threadId ?? []);
  for (;;) {
    const next = [...new Set(wanted)].filter((thread) => !seen.has(thread));
    for (const thread of next) seen.add(thread);
    for (const threadId of chunks(next)) fresh = [...fresh, ...(await take({ threadId: { [Op.in]: threadId } }))];
    if (fresh.length === 0) return [...members.values()];
    const rows = await keyRows(tables, accountId, fresh, tx);
    // Keys of earlier editions may not hold any more; if they do, their own messages will say so.
    wanted = rows.flatMap((row) => (row.version === rules.version ? [row.threadId as ThreadId] : []));
    fresh = [];
  }
}

async function keyRows(tables: Tables, accountId: AccountId, members: readonly Grouped[], tx: Tx) {
  const rows: ThreadKeyRow[] = [];
  const keys = [...new Set(members.flatMap((member) => member.keys))];
  for (const idKey of chunks(keys))
    rows.push(...(await tables.threadKeys.find({ accountId, idKey: { [Op.in]: idKey } }, { transaction: tx })));
  return rows;
}

/** Writes what has changed: threads, the messages and placements in them, and the keys that lead to them. */
async function settle(
  tables: Tables,
  accountId: AccountId,
  members: readonly Member[],
  version: number,
  tx: Tx,
): Promise<void> {
  const groups = regroup(members);
  const userOf = new Map(members.map(({ id, userId }) => [id, userId]));
  const made = groups.map(({ thread, messages }) =>
    thread === null ? { rootKey: randomUUID(), userId: userOf.get(messages[0].id) as UserId } : null,
  );
  const fresh = made.flatMap((row) => row ?? []);
  await tables.threads.insertMany(
    fresh.map((row) => ({ ...row, accountId })),
    tx,
  );
  const ids = new Map<string | null, number>();
  for (const rootKey of chunks(fresh.map((row) => row.rootKey)))
    for (const row of await tables.threads.find({ accountId, rootKey: { [Op.in]: rootKey } }, { transaction: tx }))
      ids.set(row.rootKey, row.id);
  const placed = groups.map(({ thread, messages }, at) => ({
    thread: thread ?? (ids.get(made[at]?.rootKey ?? null) as ThreadId),
    messages,
  }));
  for (const { thread, messages } of placed) await moveInto(tables, thread, messages, tx);
  await writeKeys(tables, accountId, placed, version, tx);
  const before = new Set(members.flatMap(({ threadId }) => threadId ?? []));
  for (const { thread } of placed) before.delete(thread);
  for (const id of chunks([...before])) await tables.threads.remove({ accountId, id: { [Op.in]: id } }, tx);
}

interface Placed {
  readonly thread: ThreadId;
  readonly messages: readonly Grouped[];
}

async function moveInto(tables: Tables, threadId: ThreadId, messages: readonly Grouped[], tx: Tx): Promise<void> {
  const coming = messages.filter((message) => message.threadId !== threadId).map(({ id }) => id);
  for (const some of chunks(coming)) {
    await tables.messages.update({ threadId }, { id: { [Op.in]: some } }, tx);
    await tables.placements.update({ threadId }, { messageId: { [Op.in]: some } }, tx);
  }
}

/** Every key of the messages leads to their thread; keys that no message has any more lead nowhere. */
async function writeKeys(
  tables: Tables,
  accountId: AccountId,
  placed: readonly Placed[],
  version: number,
  tx: Tx,
): Promise<void> {
  const { threadKeys } = tables;
  const all = placed.flatMap(({ messages }) => messages);
  const leads = new Map(
    placed.flatMap(({ thread, messages }) => messages.flatMap(({ keys }) => keys.map((key) => [key, thread]))),
  );
  const rows = await keyRows(tables, accountId, all, tx);
  const changed = rows.filter((row) => row.threadId !== leads.get(row.idKey) || row.version !== version);
  await threadKeys.updateEach(
    new Map(changed.map((row) => [row.id, { threadId: leads.get(row.idKey) as number, version }])),
    tx,
  );
  const known = new Set(rows.map((row) => row.idKey));
  const missing = [...leads].filter(([key]) => !known.has(key));
  await threadKeys.insertMany(
    missing.map(([idKey, threadId]) => ({ accountId, idKey, threadId, version })),
    tx,
  );
  const threads = [
    ...new Set([...all.flatMap(({ threadId }) => threadId ?? []), ...placed.map(({ thread }) => thread)]),
  ];
  for (const threadId of chunks(threads)) {
    const left = await threadKeys.find({ accountId, threadId: { [Op.in]: threadId } }, { transaction: tx });
    const dead = left.filter((row) => !leads.has(row.idKey)).map(({ id }) => id);
    for (const id of chunks(dead)) await threadKeys.remove({ id: { [Op.in]: id } }, tx);
  }
}

function chunks<T>(all: readonly T[]): T[][] {
  const some: T[][] = [];
  for (let at = 0; at < all.length; at += CHUNK) some.push(all.slice(at, at + CHUNK));
  return some;
}
