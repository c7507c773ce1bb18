import { Op } from 'sequelize';
import type { AccountId, MessageId, ThreadId, UserId } from '../mail/ids';
import { regroup, type Grouped, type Regrouped } from '../threads/regroup';
import type { ThreadRules } from '../threads/thread-keys';
import type { Tables, ThreadKeyRow } from './tables';

const CHUNK = 1_000;

/** How much one transaction may write. One conversation that is larger than that is written alone. */
export interface RethreadBounds {
  readonly members: number;
  readonly keys: number;
}
export const BOUNDS: RethreadBounds = { members: 2_000, keys: 20_000 };

/** A message in a conversation that is put together anew. */
export interface Member extends Grouped {
  readonly userId: UserId;
}

/** What is to be written. Threads that are still to be made have no number yet: groups are named by their place in `groups`. */
export interface RethreadPlan {
  readonly version: number;
  readonly members: readonly Member[];
  readonly groups: readonly Regrouped[];
  /** Which group a key leads to, for keys that are not stored. */
  readonly fresh: readonly (readonly [key: string, group: number])[];
  /** Stored keys that lead elsewhere from now on: row → group. */
  readonly led: ReadonlyMap<number, number>;
  /** Stored keys that lead where they did, by today's rules, too. */
  readonly kept: readonly number[];
  /** Stored keys that no message has any more. */
  readonly dead: readonly number[];
  /** Threads in which no message is left. */
  readonly empty: readonly ThreadId[];
}

/**
 * Reads the whole conversations of these messages, with everything that shares a key, and decides what becomes of them. Reads outside of a
 * transaction: nobody but the worker that asks writes conversations, and the write checks that it still is the one.
 * As many of the messages as fit into `bounds` are taken, the first in any case.
 * @returns null when none of the messages is there any more
 */
export async function planRethread(
  tables: Tables,
  accountId: AccountId,
  seeds: readonly MessageId[],
  rules: ThreadRules,
  bounds = BOUNDS,
): Promise<RethreadPlan | null> {
  for (let some = seeds; ; some = some.slice(0, Math.floor(some.length / 2))) {
    const members = await conversationsOf(tables, accountId, some, rules, some.length > 1 ? bounds : null);
    if (members === null) continue;
    return members.length > 0 ? decide(tables, accountId, members, rules.version) : null;
  }
}

/** All messages of these conversations, and of those that today's rules join to them; null when they are more than `bounds` allow. */
async function conversationsOf(
  tables: Tables,
  accountId: AccountId,
  seeds: readonly MessageId[],
  rules: ThreadRules,
  bounds: RethreadBounds | null,
): Promise<Member[] | null> {
  const seen = new Set<ThreadId>();
  const members = new Map<MessageId, Member>();
  let keys = 0;
  let fresh: Member[] = [];
  /** False when it becomes too much. */
  const take = async (where: object): Promise<boolean> => {
    // Ids first, and in no order: sorting by id would tempt a database to walk through the whole mailbox.
    const limit = bounds ? { limit: bounds.members + 1 } : {};
    const rows = await tables.messages.find({ accountId, ...where }, { attributes: ['id'], ...limit });
    const coming = rows.map(({ id }) => id).filter((id) => !members.has(id));
    if (bounds && Math.max(rows.length, members.size + coming.length) > bounds.members) return false;
    for (const ids of chunks(coming)) {
      for (const member of await membersOf(tables, accountId, ids, rules)) {
        members.set(member.id, member);
        fresh.push(member);
        keys += member.keys.length;
      }
    }
    return bounds === null || keys <= bounds.keys;
  };
  if (!(await take({ id: { [Op.in]: [...seeds] } }))) return null;
  let wanted = fresh.flatMap(({ threadId }) => threadId ?? []);
  for (;;) {
    const next = [...new Set(wanted)].filter((thread) => !seen.has(thread));
    for (const thread of next) seen.add(thread);
    for (const threadId of chunks(next)) if (!(await take({ threadId: { [Op.in]: threadId } }))) return null;
    if (fresh.length === 0) return [...members.values()];
    const rows = await keyRows(tables, accountId, fresh);
    // Keys of earlier editions may not hold any more; if they do, their own messages will say so.
    wanted = rows.flatMap((row) => (row.version === rules.version ? [row.threadId as ThreadId] : []));
    fresh = [];
  }
}

const READ = ['id', 'userId', 'threadId', 'messageId', 'inReplyTo', 'references', 'subject'];

async function membersOf(
  tables: Tables,
  accountId: AccountId,
  ids: readonly MessageId[],
  rules: ThreadRules,
): Promise<Member[]> {
  const attributes = [...READ, 'threadIndex', 'remoteThreadId'];
  const rows = await tables.messages.find({ accountId, id: { [Op.in]: [...ids] } }, { attributes });
  return rows.map((row) => ({
    id: row.id,
    userId: row.userId,
    threadId: row.threadId,
    keys: rules.keysOf({ ...row, references: row.references ?? [], subject: row.subject ?? '' }),
  }));
}

async function keyRows(tables: Tables, accountId: AccountId, members: readonly Grouped[]): Promise<ThreadKeyRow[]> {
  const rows: ThreadKeyRow[] = [];
  const keys = [...new Set(members.flatMap((member) => member.keys))];
  for (const idKey of chunks(keys))
    rows.push(...(await tables.threadKeys.find({ accountId, idKey: { [Op.in]: idKey } })));
  return rows;
}

async function decide(
  tables: Tables,
  accountId: AccountId,
  members: readonly Member[],
  version: number,
): Promise<RethreadPlan> {
  const groups = regroup(members);
  const leads = new Map(
    groups.flatMap(({ messages }, at) => messages.flatMap(({ keys }) => keys.map((key) => [key, at] as const))),
  );
  const stored = await keyRows(tables, accountId, members);
  const led = new Map<number, number>();
  const kept: number[] = [];
  for (const row of stored) {
    const at = leads.get(row.idKey) as number;
    if (row.threadId !== groups[at].thread) led.set(row.id, at);
    else if (row.version !== version) kept.push(row.id);
  }
  const known = new Set(stored.map((row) => row.idKey));
  const before = new Set(members.flatMap(({ threadId }) => threadId ?? []));
  const dead: number[] = [];
  for (const threadId of chunks([...before]))
    for (const row of await tables.threadKeys.find({ accountId, threadId: { [Op.in]: threadId } }))
      if (!leads.has(row.idKey)) dead.push(row.id);
  for (const { thread } of groups) if (thread !== null) before.delete(thread);
  const fresh = [...leads].filter(([key]) => !known.has(key));
  return { version, members, groups, fresh, led, kept, dead, empty: [...before] };
}

/** Lists that a statement can take. */
export function chunks<T>(all: readonly T[]): T[][] {
  const some: T[][] = [];
  for (let at = 0; at < all.length; at += CHUNK) some.push(all.slice(at, at + CHUNK));
  return some;
}
