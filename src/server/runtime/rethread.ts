import { randomUUID } from 'node:crypto';
import { Op } from 'sequelize';
import type { AccountId, MessageId, ThreadId, UserId } from '../mail/ids';
import { countJoins } from './join-threads';
import { chunks, type RethreadPlan } from './rethread-plan';
import type { Tx } from './table';
import type { Tables } from './tables';

/** Messages after `after` that were put into their conversations by an earlier edition of the rules. */
export async function threadedEarlier(
  tables: Tables,
  accountId: AccountId,
  version: number,
  after: MessageId,
  limit: number,
): Promise<MessageId[]> {
  const earlier = { [Op.or]: [{ threadVersion: null }, { threadVersion: { [Op.lt]: version } }] };
  // Without a place to begin at, the index of editions alone says that there is nothing, as there nearly always is.
  const where = { accountId, ...(after > 0 ? { id: { [Op.gt]: after } } : {}), ...earlier };
  const rows = await tables.messages.find(where, { attributes: ['id'], order: [['id', 'ASC']], limit });
  return rows.map(({ id }) => id);
}

/**
 * Writes what was decided (rethread-plan.ts): threads, the messages and placements in them, and the keys that lead to them. Each message
 * says by which edition it was threaded, so that a process that dies loses a batch and nothing else.
 */
export async function writeRethread(tables: Tables, accountId: AccountId, plan: RethreadPlan, tx: Tx): Promise<void> {
  const { messages, threadKeys, threads } = tables;
  const { version } = plan;
  const placed = await threadsOf(tables, accountId, plan, tx);
  const joined: ThreadId[] = [];
  for (const [at, group] of plan.groups.entries()) {
    const threadId = placed[at];
    const coming = group.messages.filter((message) => message.threadId !== threadId).map(({ id }) => id);
    if (coming.length > 0) joined.push(threadId);
    for (const some of chunks(coming)) {
      await messages.update({ threadId }, { id: { [Op.in]: some } }, tx);
      await tables.placements.update({ threadId }, { messageId: { [Op.in]: some } }, tx);
    }
  }
  await countJoins(tables, joined, tx);
  for (const id of chunks(plan.kept)) await threadKeys.update({ version }, { id: { [Op.in]: id } }, tx);
  const led = [...plan.led].map(([id, at]) => [id, { threadId: placed[at], version }] as const);
  await threadKeys.updateEach(new Map(led), tx);
  await threadKeys.insertMany(
    plan.fresh.map(([idKey, at]) => ({ accountId, idKey, threadId: placed[at], version })),
    tx,
  );
  for (const id of chunks(plan.dead)) await threadKeys.remove({ id: { [Op.in]: id } }, tx);
  for (const id of chunks(plan.empty)) await threads.remove({ accountId, id: { [Op.in]: id } }, tx);
  for (const id of chunks(plan.members.map((member) => member.id)))
    await messages.update({ threadVersion: version }, { id: { [Op.in]: id } }, tx);
}

/** The thread of each group; those that have none get a new one. */
async function threadsOf(
  tables: Tables,
  accountId: AccountId,
  { groups, members }: RethreadPlan,
  tx: Tx,
): Promise<ThreadId[]> {
  const userOf = new Map(members.map(({ id, userId }) => [id, userId]));
  const made = groups.map(({ thread, messages }) =>
    thread === null ? { rootKey: randomUUID(), accountId, userId: userOf.get(messages[0].id) as UserId } : null,
  );
  const fresh = made.flatMap((row) => row ?? []);
  await tables.threads.insertMany(fresh, tx);
  const ids = new Map<string | null, number>();
  for (const rootKey of chunks(fresh.map((row) => row.rootKey)))
    for (const row of await tables.threads.find({ accountId, rootKey: { [Op.in]: rootKey } }, { transaction: tx }))
      ids.set(row.rootKey, row.id);
  return groups.map(({ thread }, at) => thread ?? (ids.get(made[at]?.rootKey ?? null) as ThreadId));
}
