import type { AccountId } from '../../src/server/mail/ids';
import type { AccountRow, FolderRow } from '../../src/server/ports/records';
import type { RemoteFolder } from '../../src/server/ports/session';
import { DatabaseAccountStore } from '../../src/server/runtime/database-account-store';
import { DatabaseMessageStore } from '../../src/server/runtime/database-message-store';
import { DatabaseSearchIndex } from '../../src/server/runtime/database-search-index';
import { DatabaseSyncLog } from '../../src/server/runtime/database-sync-log';
import { LEASE_TTL_MS, LeaseKeeper } from '../../src/server/runtime/lease-keeper';
import { whileLinked, type Claim } from '../../src/server/runtime/live-account';
import type { Tables } from '../../src/server/runtime/tables';
import { createTestApp, type TestApp } from '../support/app';
import { stopBeating, tablesOf } from '../support/second-node';

/** What a worker writes, in a real database, with a lease and without it. */
const START = 1_750_000_000_000;

let app: TestApp;
let tables: Tables;
let now: number;
let account: AccountRow;
let inbox: FolderRow;
let claim: Claim;
const node = (): LeaseKeeper => new LeaseKeeper(tables, async () => now);

/** Another node takes the account once the lease has run out. */
async function takeOver(): Promise<Claim> {
  now += LEASE_TTL_MS;
  const other = node();
  const fence = (await other.beat([account.id])).held.get(account.id);
  if (fence === undefined) throw new Error('the lease was not taken');
  return { node: other.node, fence };
}

beforeAll(async () => {
  app = await createTestApp();
  tables = tablesOf(app);
  // Nobody else beats.
  await stopBeating(app);
  const alice = await app.user('alice');
  const values = { userId: alice.id, provider: 'microsoft', subject: 's', address: 'a@x.test', displayName: '' };
  account = await tables.accounts.insert({ ...values, state: 'active', attempts: 0, syncSince: null } as never);
}, 120_000);

afterAll(async () => app?.destroy());

beforeEach(async () => {
  now = START;
  await tables.nodes.remove({});
  await tables.leases.remove({});
  await tables.placements.remove({});
  await tables.folders.remove({});
  await tables.accounts.update({ state: 'active', notBefore: null, searchVersion: 0 }, { id: account.id });
  const one = node();
  claim = { node: one.node, fence: (await one.beat([account.id])).held.get(account.id) ?? -1 };
  [inbox] = await new DatabaseMessageStore(tables, claim).saveFolders(account, [listed('INBOX')], []);
  inbox = await new DatabaseMessageStore(tables, claim).begin(inbox, '7', null, false);
});

const listed = (path: string): RemoteFolder => ({
  path,
  name: path,
  delimiter: '/',
  role: path === 'INBOX' ? 'inbox' : null,
  isSelectable: true,
  news: { kind: 'unknown', namesFlags: false, unseen: null },
});
const state = {
  id: '7:1' as never,
  flags: new Set<string>(),
  receivedAt: new Date(START),
  sizeBytes: 10,
  emailId: null,
};
const plan = { list: [state], setFlags: [], forget: [] };
const mark = { cursor: null, at: START, through: null };

/** Everything that a worker writes, each under a claim. */
function writes(by: Claim): readonly (readonly [string, () => Promise<unknown>])[] {
  const store = new DatabaseMessageStore(tables, by);
  const accounts = new DatabaseAccountStore(tables, by);
  const entry = { accountId: account.id, userId: account.userId, event: 'failed' };
  return [
    ['its account', () => accounts.update(account.id, { notBefore: 7, state: 'backing-off' })],
    ['its account, on a condition', () => accounts.updateIf(account.id, { notBefore: 7 }, { unpausedAt: now })],
    ['a pause', () => accounts.pause(account.id, now + 7)],
    ['a line of its log', () => new DatabaseSyncLog(tables, by).write(entry)],
    ['folders', () => store.saveFolders(account, [listed('INBOX'), listed('Work')], [inbox])],
    ['a folder in trouble', () => store.markFolder(inbox, 'EMAIL_MOVE_REFUSED', 1)],
    ['another UIDVALIDITY', () => store.begin(inbox, '8', null, false)],
    ['what a look taught', () => store.apply(inbox, plan, mark)],
    ['that it looked', () => store.finishLooks(account.id, [{ folder: inbox, unreadGap: 1, objectId: null }], now)],
    ['that a pass is over', () => store.finishPass(account.id, [], now)],
    ['words', () => new DatabaseSearchIndex(tables, by).adoptVersion(account.id, 99)],
  ];
}

const traces = async (): Promise<unknown> => ({
  account: await tables.accounts.first({ id: account.id }),
  folders: await tables.folders.find({ accountId: account.id }),
  placements: await tables.placements.count({ accountId: account.id }),
  log: await tables.syncLog.count({ accountId: account.id }),
});

it('a worker with its lease writes', async () => {
  const before = await traces();
  for (const [, write] of writes(claim)) await write();
  expect(await traces()).not.toEqual(before);
  expect(await tables.placements.count({ accountId: account.id })).toBe(1);
});

it('a worker whose lease another node has taken writes nothing of the account, and that node does', async () => {
  const next = await takeOver();
  const before = await traces();
  for (const [what, write] of writes(claim)) {
    const end = await write().then(
      () => 'written',
      (error: { code?: string }) => error.code,
    );
    expect([what, end]).toEqual([what, 'EMAIL_LEASE_LOST']);
  }
  expect(await traces()).toEqual(before);
  await new DatabaseMessageStore(tables, next).apply(inbox, plan, mark);
  expect(await tables.placements.count({ accountId: account.id })).toBe(1);
});

it('a lease that was lost and won again is another one', async () => {
  const next = await takeOver();
  expect(next.fence).toBeGreaterThan(claim.fence);
  const old = { node: next.node, fence: claim.fence };
  const write = new DatabaseMessageStore(tables, old).apply(inbox, plan, mark);
  await expect(write).rejects.toMatchObject({ code: 'EMAIL_LEASE_LOST' });
});

it('taking over waits for a write that has begun, and none begins after it', async () => {
  const order: string[] = [];
  let taking: Promise<Claim> | undefined;
  const begun = whileLinked(
    tables,
    account.id,
    async (tx) => {
      taking = takeOver().then((next) => {
        order.push('taken over');
        return next;
      });
      // Long enough for a node that does not wait.
      await new Promise((resolve) => setTimeout(resolve, 500));
      await tables.folders.update({ unreadGap: 5 }, { id: inbox.id }, tx);
      order.push('written');
    },
    claim,
  );
  await begun;
  order.push('committed');
  const next = await taking;
  expect(order.indexOf('taken over')).toBeGreaterThan(order.indexOf('written'));
  expect(next?.fence).toBeGreaterThan(claim.fence);
  const late = whileLinked(tables, account.id, async () => order.push('late'), claim);
  await expect(late).rejects.toMatchObject({ code: 'EMAIL_LEASE_LOST' });
  expect(order).not.toContain('late');
});

it('after unlinking, nothing is written under any lease', async () => {
  const id = 987_654 as AccountId;
  await expect(whileLinked(tables, id, async () => undefined, claim)).rejects.toMatchObject({
    code: 'EMAIL_NOT_FOUND',
  });
});
