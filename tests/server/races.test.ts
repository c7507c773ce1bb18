import type { FolderRow, PlacementRow } from '../../src/server/ports/records';
import type { SlicePlan } from '../../src/server/ports/stores';
import type { DatabaseMailChanges } from '../../src/server/runtime/database-mail-changes';
import type { DatabaseMessageStore } from '../../src/server/runtime/database-message-store';
import type { Tables } from '../../src/server/runtime/tables';
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
  await store.apply(inbox, plan, { cursor: null, through: null });
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
