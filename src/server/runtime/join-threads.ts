import { Op } from 'sequelize';
import type { ThreadId } from '../mail/ids';
import type { FolderRow } from '../ports/records';
import type { ParsedMessage } from '../ports/stores';
import { assignThread } from '../threads/assign-thread';
import type { ThreadRules } from '../threads/thread-keys';
import { chunks } from './rethread-plan';
import type { Tx } from './table';
import type { Tables } from './tables';

export interface NewMessage {
  /** Fingerprint. */
  readonly key: string;
  readonly message: ParsedMessage;
}

/** While a batch is joined, threads that are still to be made have numbers from here on, above all that are stored. */
const FIRST_DRAFT = 2 ** 52;
type Draft = ThreadId;

/**
 * Finds or begins the conversations of some new messages, and folds threads together that they prove to be one.
 * @returns fingerprint → thread
 */
export async function joinThreads(
  tables: Tables,
  { accountId, userId }: FolderRow,
  messages: readonly NewMessage[],
  tx: Tx,
  { keysOf: keysBy, version }: ThreadRules,
): Promise<Map<string, ThreadId>> {
  const keysOf = new Map(messages.map(({ key, message }) => [key, keysBy(message)]));
  const idKeys = [...new Set([...keysOf.values()].flat())];
  const stored = await tables.threadKeys.find({ accountId, idKey: { [Op.in]: idKeys } }, { transaction: tx });
  const union = new Union(stored.map((row) => [row.idKey, row.threadId as ThreadId]));
  for (const { key } of messages) union.add(key, keysOf.get(key) ?? []);

  const made = await makeThreads(tables, { accountId, userId }, union, tx);
  const final = (thread: Draft): ThreadId => made.get(thread) ?? thread;
  await foldThreads(tables, accountId, union, final, tx);
  const known = new Set(stored.map((row) => row.idKey));
  const fresh = idKeys.filter((idKey) => !known.has(idKey));
  await tables.threadKeys.insertMany(
    fresh.map((idKey) => ({ accountId, idKey, threadId: final(union.threadOfKey(idKey)), version })),
    tx,
  );
  return new Map(messages.map(({ key }) => [key, final(union.threadOfMessage(key))]));
}

/** Threads of a batch in memory: the rules of `assignThread`, applied one message after the other. */
class Union {
  private readonly keys: Map<string, Draft>;
  private readonly messages = new Map<string, Draft>();
  private readonly into = new Map<Draft, Draft>();
  /** Threads to be made, with the fingerprint of their first message. */
  readonly roots = new Map<Draft, string>();
  private next = FIRST_DRAFT;

  constructor(stored: readonly (readonly [string, ThreadId])[]) {
    this.keys = new Map(stored);
  }

  add(message: string, keys: readonly string[]): void {
    const known = new Map(keys.flatMap((key) => (this.keys.has(key) ? [[key, this.threadOfKey(key)] as const] : [])));
    const { thread, merge } = assignThread(keys, known);
    const mine = thread ?? this.begin(message);
    for (const key of keys) this.keys.set(key, mine);
    for (const other of merge) this.into.set(other, mine);
    this.messages.set(message, mine);
  }

  threadOfKey(key: string): Draft {
    return this.root(this.keys.get(key) as Draft);
  }

  threadOfMessage(message: string): Draft {
    return this.root(this.messages.get(message) as Draft);
  }

  /** Stored threads that were folded, and into which. */
  folded(): [ThreadId, Draft][] {
    return [...this.into.keys()].filter((thread) => thread < FIRST_DRAFT).map((thread) => [thread, this.root(thread)]);
  }

  isAlive(thread: Draft): boolean {
    return !this.into.has(thread);
  }

  private begin(message: string): Draft {
    const thread = this.next as Draft;
    this.next += 1;
    this.roots.set(thread, message);
    return thread;
  }

  private root(thread: Draft): Draft {
    let at = thread;
    for (let next = this.into.get(at); next !== undefined; next = this.into.get(at)) at = next;
    return at;
  }
}

async function makeThreads(
  tables: Tables,
  owner: Pick<FolderRow, 'accountId' | 'userId'>,
  union: Union,
  tx: Tx,
): Promise<Map<Draft, ThreadId>> {
  const alive = [...union.roots].filter(([draft]) => union.isAlive(draft));
  if (alive.length === 0) return new Map();
  const made = await tables.threads.insertMany(
    alive.map(([, rootKey]) => ({ ...owner, rootKey })),
    tx,
    ['id', 'rootKey'],
  );
  const ids = new Map(made.map((row) => [row.rootKey, row.id as ThreadId]));
  // What was there already, or a database that does not say.
  const others = alive.map(([, rootKey]) => rootKey).filter((rootKey) => !ids.has(rootKey));
  const where = { accountId: owner.accountId, rootKey: { [Op.in]: others } };
  const rows = others.length > 0 ? await tables.threads.find(where, { transaction: tx }) : [];
  for (const row of rows) ids.set(row.rootKey, row.id as ThreadId);
  return new Map(alive.map(([draft, rootKey]) => [draft, ids.get(rootKey) as ThreadId]));
}

async function foldThreads(
  tables: Tables,
  accountId: number,
  union: Union,
  final: (thread: Draft) => ThreadId,
  tx: Tx,
): Promise<void> {
  const folded = union.folded();
  for (const [old, into] of folded) {
    const threadId = final(into);
    const where = { accountId, threadId: old };
    await tables.messages.update({ threadId }, where, tx);
    await tables.placements.update({ threadId }, where, tx);
    await tables.threadKeys.update({ threadId }, where, tx);
    await tables.threads.remove({ accountId, id: old }, tx);
  }
  await countJoins(
    tables,
    folded.map(([, into]) => final(into)),
    tx,
  );
}

/** Whoever has read a conversation before has not seen what is in it now, although some of that may be older than what they have seen. */
export async function countJoins({ threads }: Tables, into: readonly ThreadId[], tx: Tx): Promise<void> {
  if (into.length === 0) return;
  const joinCount = threads.db.sequelize.literal(`COALESCE(${threads.quotedColumn('joinCount')}, 0) + 1`);
  for (const some of chunks([...new Set(into)])) await threads.update({ joinCount }, { id: { [Op.in]: some } }, tx);
}
