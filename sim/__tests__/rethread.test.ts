import { remoteId, type AccountId, type MessageId } from '../../src/server/mail/ids';
import type { ShallowPlacement } from '../../src/server/ports/stores';
import { DatabaseMessageStore } from '../../src/server/runtime/database-message-store';
import { unreadableMessage } from '../../src/server/messages/parse-message';
import { planRethread } from '../../src/server/runtime/rethread-plan';
import { writeRethread } from '../../src/server/runtime/rethread';
import type { Threadable, ThreadRules } from '../../src/server/threads/thread-keys';
import { seeded } from '../random';
import { OneMailbox } from './one-mailbox';

/** Rules for tests: the ids in `references` are the keys of an edition that looks at the first, and of one that looks at the second. */
const edition = (version: number, at: number): ThreadRules => ({
  version,
  keysOf: ({ references }: Threadable) => references.slice(at, at + 1).filter((key) => key !== '-'),
});
const OLD = edition(1, 0);
const NEW = edition(2, 1);

const NONE = 0 as MessageId;

jest.setTimeout(30_000);

let mailbox: OneMailbox;
beforeEach(async () => {
  mailbox = await OneMailbox.open();
  for (let count = 0; count < 40; count += 1) mailbox.server.deliver('INBOX');
});
afterEach(() => mailbox.close());

/** Stores mails with these keys by these rules, in this order. */
async function store(mails: readonly (readonly string[])[], rules: ThreadRules, first = 1): Promise<void> {
  const inbox = await mailbox.folder('INBOX');
  const here = new DatabaseMessageStore(mailbox.tables, null, rules);
  const rows = await mailbox.tables.placements.find({ folderId: inbox.id }, { order: ['uid'] });
  for (const [at, references] of mails.entries()) {
    const row = rows[first - 1 + at];
    const placement: ShallowPlacement = { ...row, placementId: row.id, id: remoteId(row.uidValidity, row.uid) };
    const message = { ...unreadableMessage(1), messageId: `m${first + at}`, errorCode: null, references, subject: 's' };
    await here.store(inbox, [{ placement, message, isGivenUp: false }], 'full');
  }
}

/** Message-IDs by thread, from messages and, which must be the same, from placements. */
async function conversations(): Promise<Map<number, string[]>> {
  const rows = await mailbox.tables.messages.find({}, { order: ['id'] });
  const placed = await mailbox.tables.placements.find({});
  const groups = new Map<number, string[]>();
  for (const { id, threadId, messageId } of rows) {
    groups.set(Number(threadId), [...(groups.get(Number(threadId)) ?? []), String(messageId)]);
    for (const row of placed.filter((one) => one.messageId === id)) expect(row.threadId).toBe(threadId);
  }
  const threads = await mailbox.tables.threads.find({});
  expect(threads.map(({ id }) => Number(id)).sort()).toEqual([...groups.keys()].sort());
  for (const { threadId } of await mailbox.tables.threadKeys.find({})) expect(groups.has(Number(threadId))).toBe(true);
  return groups;
}

const shape = (groups: Map<number, string[]>): string[] => [...groups.values()].map((ids) => ids.join('+')).sort();
const account = (): AccountId => mailbox.account.id;

async function rethread(most: number): Promise<number> {
  let batches = 0;
  while (await rethreadOnce(most)) batches += 1;
  return batches;
}

/** False when there was nothing to do. */
async function rethreadOnce(most: number): Promise<boolean> {
  const here = new DatabaseMessageStore(mailbox.tables, null, NEW);
  const seeds = await here.threadedEarlier(account(), NONE, most);
  await here.rethread(account(), seeds);
  return seeds.length > 0;
}

it('what stays together keeps its thread; what joins takes the older one; what parts begins a new one', async () => {
  await mailbox.list();
  await store(
    [
      ['a', 'a'],
      ['a', 'a'],
      ['b', 'x'],
      ['c', 'x'],
      ['d', 'p'],
      ['d', 'q'],
    ],
    OLD,
  );
  const before = await conversations();
  expect(shape(before)).toEqual(['m1+m2', 'm3', 'm4', 'm5+m6']);
  await rethread(2);
  const after = await conversations();
  expect(shape(after)).toEqual(['m1+m2', 'm3+m4', 'm5', 'm6']);
  const idOf = (groups: Map<number, string[]>, first: string): number =>
    [...groups].find(([, ids]) => ids[0] === first)?.[0] ?? 0;
  for (const first of ['m1', 'm3', 'm5']) expect(idOf(after, first)).toBe(idOf(before, first));
  expect(await rethread(2)).toBe(0);
});

it.each([1, 2, 3, 4, 5, 6])(
  'ends as if the new rules had always held, with mail coming in between and in batches of any size (%i)',
  async (seed) => {
    const random = seeded(seed);
    const key = (name: string): string => (random() < 0.2 ? '-' : `${name}${Math.floor(random() * 12)}`);
    const mails = Array.from({ length: 30 }, () => [key('k'), key(random() < 0.5 ? 'k' : 'n')]);
    await mailbox.list();
    await store(mails.slice(0, 20), OLD);
    await rethreadOnce(1 + (seed % 3));
    await store(mails.slice(20, 25), NEW, 21);
    await rethreadOnce(1 + (seed % 3));
    await store(mails.slice(25), NEW, 26);
    await rethread(1 + seed * 2);
    const mixed = shape(await conversations());
    await mailbox.close();
    mailbox = await OneMailbox.open();
    for (let count = 0; count < 40; count += 1) mailbox.server.deliver('INBOX');
    await mailbox.list();
    await store(mails, NEW);
    expect(mixed).toEqual(shape(await conversations()));
  },
);

it('a batch that fails leaves everything as it was, and is done again', async () => {
  await mailbox.list();
  await store(
    [
      ['a', 'p'],
      ['a', 'q'],
    ],
    OLD,
  );
  const before = await conversations();
  const dies = jest.spyOn(mailbox.tables.threadKeys, 'insertMany').mockRejectedValueOnce(new Error('killed'));
  await expect(rethreadOnce(10)).rejects.toThrow('killed');
  dies.mockRestore();
  expect(await conversations()).toEqual(before);
  expect(await rethread(10)).toBe(1);
  expect(shape(await conversations())).toEqual(['m1', 'm2']);
});

it('a node without the lease threads nothing again', async () => {
  await mailbox.list();
  await store([['a', 'p']], OLD);
  const zombie = new DatabaseMessageStore(mailbox.tables, { node: 'one', fence: 1 }, NEW);
  const seeds = await zombie.threadedEarlier(account(), NONE, 10);
  await expect(zombie.rethread(account(), seeds)).rejects.toThrow('EMAIL_LEASE_LOST');
});

it('rows from before there were editions are threaded again', async () => {
  await mailbox.list();
  await store([['a', 'a']], OLD);
  await mailbox.tables.messages.update({ threadVersion: null }, {});
  expect(await rethread(10)).toBe(1);
});

it('a batch ends where it has enough, reads nothing in its transaction, and one conversation is never split', async () => {
  await mailbox.list();
  const mails = [
    ...Array.from({ length: 6 }, (_, at) => [`k${at % 3}`, `k${at % 3}`]),
    ...Array(5).fill(['big', 'big']),
  ];
  await store(mails as string[][], OLD);
  const read = jest.spyOn(mailbox.tables.messages, 'find');
  const seeds = async (): Promise<MessageId[]> =>
    new DatabaseMessageStore(mailbox.tables, null, NEW).threadedEarlier(account(), NONE, 200);
  const sizes: number[] = [];
  for (let next = await seeds(); next.length > 0; next = await seeds()) {
    const plan = await planRethread(mailbox.tables, account(), next, NEW, { members: 4, keys: 100 });
    if (!plan) throw new Error('nothing is there');
    sizes.push(plan.members.length);
    read.mockClear();
    await mailbox.tables.messages.transaction((tx) => writeRethread(mailbox.tables, account(), plan, tx));
    expect(read).not.toHaveBeenCalled();
  }
  read.mockRestore();
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(11);
  expect(sizes.at(-1)).toBe(5);
  for (const size of sizes.slice(0, -1)) expect(size).toBeLessThanOrEqual(4);
  expect(shape(await conversations())).toHaveLength(4);
});

it('keys that lead where they did are written with one statement', async () => {
  await mailbox.list();
  await store(Array(20).fill(['a', 'a']) as string[][], OLD);
  const each = jest.spyOn(mailbox.tables.threadKeys, 'updateEach');
  await rethread(200);
  expect(each.mock.calls.map(([rows]) => rows.size)).toEqual([0]);
  each.mockRestore();
  for (const { version } of await mailbox.tables.threadKeys.find({})) expect(version).toBe(NEW.version);
});
