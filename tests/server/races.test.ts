import type { ErrorCode } from '../../src/shared/error-codes';
import { isPausedByServer, tryAgainSoon } from '../../src/server/accounts/server-pause';
import { MailError } from '../../src/server/errors/mail-error';
import type { AccountRow, FolderRow, PlacementRow } from '../../src/server/ports/records';
import type { SlicePlan } from '../../src/server/ports/stores';
import { DatabaseAccountStore } from '../../src/server/runtime/database-account-store';
import type { DatabaseMailChanges } from '../../src/server/runtime/database-mail-changes';
import type { DatabaseMessageStore } from '../../src/server/runtime/database-message-store';
import { LeaseKeeper } from '../../src/server/runtime/lease-keeper';
import type { Tables } from '../../src/server/runtime/tables';
import { AccountRecord } from '../../src/server/sync/account-record';
import type { Wiring } from '../../src/server/wiring';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { BOB, configureProvider, linkAccount, synced } from '../support/linked';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';

/** What a user and a worker do to the same rows at the same moment, on a database with real concurrency. */
let sandbox: TestSandbox;
let app: TestApp;
let bob: Caller;
let changes: DatabaseMailChanges;
let store: DatabaseMessageStore;
let tables: Tables;
let inbox: FolderRow;

beforeAll(async () => {
  sandbox = await startTestSandbox('node', 20);
  app = await createTestApp();
  await configureProvider(app, sandbox.addresses);
  bob = await app.user('bob');
  const account = await linkAccount(app, bob, BOB);
  await synced(bob, account.id);
  const { wiring } = app.app.pm.get('nocobase-plugin-email-manager') as unknown as { wiring: Wiring };
  changes = wiring.services.mailChanges;
  store = wiring.services.store as DatabaseMessageStore;
  tables = (store as unknown as { tables: Tables }).tables;
  // Nobody else writes.
  await wiring.supervisor.stop();
  inbox = (await store.folderOfRole(account.id as never, 'inbox')) as FolderRow;
}, 120_000);

afterAll(async () => {
  await app?.destroy();
  await sandbox?.stop();
});

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));

/** Once, after the next read that `matches`: begins `work`, and gives it time to go as far as it can. */
function after(
  method: 'count' | 'find',
  matches: (where: Record<string, unknown>) => boolean,
  work: () => Promise<unknown>,
): { readonly done: () => Promise<unknown> } {
  const original = tables.placements[method].bind(tables.placements) as (...args: unknown[]) => Promise<unknown>;
  let running: Promise<unknown> | null = null;
  (tables.placements as unknown as Record<string, unknown>)[method] = async (...args: unknown[]) => {
    const answer = await original(...args);
    if (running || !matches(args[0] as Record<string, unknown>)) return answer;
    running = work();
    await soon();
    return answer;
  };
  return {
    done: async () => {
      (tables.placements as unknown as Record<string, unknown>)[method] = original;
      if (!running) throw new Error('nothing was read that matches');
      await running;
    },
  };
}

async function rows(where: object): Promise<PlacementRow[]> {
  return tables.placements.find({ folderId: inbox.id, ...where });
}

async function unread(): Promise<{ counted: number; shown: number }> {
  const folder = (await store.folderById(inbox.accountId, inbox.id)) as FolderRow;
  return {
    counted: folder.unreadCount,
    shown: await tables.placements.count({ shownFolderId: inbox.id, isSeen: false }),
  };
}

it('a folder that a worker counts while somebody reads a mail has the right number afterwards', async () => {
  const [row] = await rows({ isSeen: false });
  await tables.folders.update({ needsCount: true }, { id: inbox.id });
  const race = after(
    'count',
    (where) => where.isSeen === false,
    () => changes.mark(bob.id as never, [row.threadId as number], true),
  );
  await store.recount(inbox.accountId);
  await race.done();
  await store.recount(inbox.accountId);
  const { counted, shown } = await unread();
  expect(counted).toBe(shown);
});

it('counts that a user’s change could not bring up to date are brought up to date by the worker', async () => {
  const [row] = await rows({ isSeen: false });
  const { folders } = tables;
  const transaction = folders.transaction.bind(folders);
  folders.transaction = () => Promise.reject(new Error('killed'));
  await expect(changes.mark(bob.id as never, [row.threadId as number], true)).rejects.toThrow('killed');
  folders.transaction = transaction;
  await store.recount(inbox.accountId);
  const { counted, shown } = await unread();
  expect(counted).toBe(shown);
});

it('a mail that is read here while the server’s flags of it are written stays read', async () => {
  const [row] = await rows({ isSeen: false });
  const thread = [row.threadId as number];
  await changes.star(bob.id as never, thread, true);
  const [starred] = await rows({ threadId: row.threadId, hasIntent: true });
  const race = after(
    'find',
    (where) => where.hasIntent === true,
    () => changes.mark(bob.id as never, thread, true),
  );
  const state = {
    id: `${starred.uidValidity}:${starred.uid}`,
    flags: new Set(['$Label1']),
    receivedAt: new Date(starred.receivedAt),
    sizeBytes: starred.sizeBytes,
    emailId: null,
  };
  const plan = { list: [], setFlags: [state], forget: [] } as unknown as SlicePlan;
  await store.apply(inbox, plan, { cursor: null, at: 0, through: null });
  await race.done();
  const [now] = await rows({ id: starred.id });
  expect([now.isSeen, now.flags, now.intent?.add]).toEqual([true, ['$Label1'], expect.arrayContaining(['\\Seen'])]);
});

it('what the server has heard of is read, whatever the row said before', async () => {
  const [row] = await rows({ isSeen: false });
  await changes.mark(bob.id as never, [row.threadId as number], true);
  // As an earlier version left it, when both wrote at the same moment.
  await tables.placements.update({ isSeen: false }, { id: row.id });
  const [wished] = await rows({ id: row.id });
  await store.settleFlags(inbox, [row.id], wished.intent as never);
  await store.recount(inbox.accountId);
  expect((await rows({ id: row.id }))[0].isSeen).toBe(true);
  const { counted, shown } = await unread();
  expect(counted).toBe(shown);
});

/** What a worker and a person write while the server, on another connection, asks for a pause. */
describe('a pause of the server that comes between a look at the account and what is written then', () => {
  const PAUSE_MS = 300_000;
  const none = async (): Promise<void> => undefined;
  let accounts: DatabaseAccountStore;
  let record: AccountRecord;

  /** Paused as soon as the row was read. */
  const pausedAfterReading = (user: DatabaseAccountStore): DatabaseAccountStore => {
    const original = user.byId.bind(user);
    return Object.assign(user, {
      byId: async (id: AccountRow['id']) => {
        const row = await original(id);
        await user.pause(id, Date.now() + PAUSE_MS);
        return row;
      },
    });
  };
  const failing = (errorCode: ErrorCode | null): Promise<unknown> =>
    tables.accounts.update({ state: 'backing-off', errorCode, notBefore: 1, attempts: 1 }, { id: inbox.accountId });
  const row = async (): Promise<AccountRow> => (await tables.accounts.first({ id: inbox.accountId })) as AccountRow;
  const isPaused = async (): Promise<boolean> => isPausedByServer(await row(), Date.now() + PAUSE_MS / 2);

  beforeAll(() => {
    accounts = pausedAfterReading(new DatabaseAccountStore(tables));
    record = new AccountRecord({
      accounts,
      syncLog: { write: none },
      clock: { now: () => Date.now() },
      live: { changed: () => undefined },
      log: { error: () => undefined },
      random: () => 0.5,
      misconfigured: none,
      tellOwner: none,
    } as never);
  });

  it('outlasts a failure of the worker, which is counted', async () => {
    await failing('EMAIL_CONNECTION_LOST');
    await record.fail(await row(), new MailError('EMAIL_CONNECTION_LOST'));
    expect(await isPaused()).toBe(true);
    expect(await row()).toMatchObject({ state: 'backing-off', attempts: 2 });
  });

  it('outlasts a pass that goes well, a wish, and saved settings', async () => {
    await failing('EMAIL_CONNECTION_LOST');
    const before = (await accounts.byId(inbox.accountId)) as AccountRow;
    await record.recover(before);
    expect(await isPaused()).toBe(true);
    await tryAgainSoon(accounts, inbox.accountId, Date.now());
    expect(await isPaused()).toBe(true);
    expect((await bob.post('/api/emailAccounts:sync', { accountId: inbox.accountId })).status).toBe(200);
    expect(await isPaused()).toBe(true);
  });

  it('without one, all of them do what they did', async () => {
    await failing('EMAIL_CONNECTION_LOST');
    await tryAgainSoon(accounts, inbox.accountId, Date.now());
    expect((await row()).notBefore).toBeNull();
    await record.recover(await row());
    expect(await row()).toMatchObject({ state: 'active', errorCode: null });
  });
});

it('the lease of an account that is gone goes with the next beat', async () => {
  await tables.leases.insert({ accountId: 999_999, owner: null, fence: 1, until: 0, requestedAt: 0 } as never);
  const keeper = new LeaseKeeper(tables, async () => Date.now());
  await keeper.beat([]);
  await keeper.release();
  expect(await tables.leases.first({ accountId: 999_999 as never })).toBeNull();
  expect(await tables.leases.first({ accountId: inbox.accountId })).not.toBeNull();
});
