import type { WireAccount, WireAccountHealth, WireHealthPage, WireLogPage } from '../../src/shared/wire';
import { keepPause } from '../../src/server/accounts/server-pause';
import type { AccountId, FolderId } from '../../src/server/mail/ids';
import type { FolderRow } from '../../src/server/ports/records';
import type { Wiring } from '../../src/server/wiring';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import {
  accountsOf,
  ALICE,
  BOB,
  beginLink,
  configureProvider,
  finishLink,
  linkAccount,
  synced,
} from '../support/linked';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';
import { until } from '../support/until';

let sandbox: TestSandbox;
let app: TestApp;
let bob: Caller;
let alice: Caller;
let admin: Caller;
let account: WireAccount;

beforeAll(async () => {
  sandbox = await startTestSandbox('node', 12);
  app = await createTestApp({ plugins: ['notification-manager', 'notification-in-app-message'] });
  await configureProvider(app, sandbox.addresses);
  bob = await app.user('bob');
  alice = await app.user('alice');
  admin = await app.user('admina', 'admin');
  account = await linkAccount(app, bob, BOB);
  await synced(bob, account.id);
}, 120_000);

afterAll(async () => {
  await app?.destroy();
  await sandbox?.stop();
}, 60_000);

const healthOf = async (who: Caller): Promise<WireAccountHealth> =>
  ((await who.get('/api/emailAccounts:health')).body.data as WireAccountHealth[])[0];
const logOf = async (who: Caller, before?: number): Promise<WireLogPage> =>
  (await who.get(`/api/emailAccounts:log?accountId=${account.id}${before ? `&before=${before}` : ''}`)).body.data;
const listFor = async (who: Caller, query = ''): Promise<WireHealthPage> =>
  (await who.get(`/api/emailHealth:list${query}`)).body.data as WireHealthPage;

interface Message {
  readonly title: string;
  readonly content: string;
  readonly options: { readonly url: string };
}

/** What is in the application's own inbox of a user. */
const messagesOf = async (who: Caller): Promise<Message[]> =>
  (await who.get('/api/myInAppMessages:list')).body.data.messages as Message[];

/** The provider withdraws the consent, and the account notices. */
async function revoke(): Promise<void> {
  await sandbox.control('revoke', { upn: BOB.upn, code: 'AADSTS700082' });
  const refused = { where: 'imap', match: { stage: 'authenticate', user: BOB.upn }, answer: 'TAG NO failed.' };
  await sandbox.control('fault', { ...refused, times: 1 });
  await sandbox.control('drop');
  await bob.post('/api/emailAccounts:sync', { accountId: account.id });
  await until('the account to need its owner', async () =>
    (await accountsOf(bob)).find((one) => one.state === 'needs-reconnect'),
  );
}

/** A new consent, and a pass that went through: only then it works again. */
const reconnect = async (): Promise<void> => {
  const before = Number((await accountsOf(bob))[0].lastPassAt);
  expect((await finishLink(app, await beginLink(bob, { accountId: account.id }), BOB)).status).toBe(200);
  await until('a pass', async () => (await accountsOf(bob)).find((one) => Number(one.lastPassAt) > before));
};

/** A pass that was asked for, and its traces. */
async function passAgain(): Promise<WireAccountHealth> {
  const before = Number((await accountsOf(bob))[0].lastPassAt);
  await bob.post('/api/emailAccounts:sync', { accountId: account.id });
  await until('a pass', async () => (await accountsOf(bob)).find((one) => Number(one.lastPassAt) > before));
  return healthOf(bob);
}

const wiringOf = (): Wiring =>
  (app.app.pm.get('nocobase-plugin-email-manager') as unknown as { wiring: Wiring }).wiring;

/** When folders were looked into, by their own rows. */
async function lookedIn(): Promise<Map<number, number | null>> {
  const rows = await wiringOf().services.store.folders(account.id as AccountId);
  return new Map(rows.map(({ id, lastSyncAt }) => [id, lastSyncAt]));
}

describe('a mailbox that works', () => {
  it('says when each folder was looked at, and when it is looked at next', async () => {
    const health = await healthOf(bob);
    expect(health).toMatchObject({ state: 'active', failingSince: null, hasStopped: false, operationCount: 0 });
    expect(health).toMatchObject({ missingCount: 0, isPausedByServer: false });
    expect(Date.now() - Number(health.lastPassAt)).toBeLessThan(60_000);
    expect(Number(health.nextAttemptAt) - Number(health.lastPassAt)).toBe(5 * 60_000);
    const [inbox] = health.folders;
    expect(inbox).toMatchObject({ role: 'inbox', isListing: false, missingCount: 0, error: null, errorAt: null });
    expect(inbox.totalCount).toBeGreaterThan(5);
    expect(Date.now() - Number(inbox.lastLookAt)).toBeLessThan(60_000);
  });

  it('finds folders without news looked at, though nothing was written for them; one in trouble only until then', async () => {
    await passAgain();
    const [before, written] = [await passAgain(), await lookedIn()];
    const { folders, lastPassAt } = await passAgain();
    const quiet = folders.filter(({ role, lastLookAt }) => role !== 'inbox' && lastLookAt !== null);
    expect(quiet.length).toBeGreaterThan(2);
    for (const { lastLookAt, nextLookAt } of quiet)
      expect([lastLookAt, nextLookAt]).toEqual([lastPassAt, Number(lastPassAt) + 5 * 60_000]);
    expect(Number(lastPassAt)).toBeGreaterThan(Number(before.lastPassAt));
    const now = await lookedIn();
    for (const { id } of quiet) expect(now.get(id)).toBe(written.get(id));
    const [{ id }] = quiet;
    const { store } = wiringOf().services;
    const row = await store.folderById(account.id as AccountId, id as FolderId);
    const ofFolder = ({ folders: all }: WireAccountHealth) => all.find((one) => one.id === id);
    const restsUntil = Date.now() + 60 * 60_000;
    await store.markFolder(row as FolderRow, 'EMAIL_CONNECTION_LOST', Date.now(), restsUntil);
    expect(ofFolder(await healthOf(bob))).toMatchObject({ nextLookAt: restsUntil });
    await store.markFolder(row as FolderRow, 'EMAIL_FOLDER_BUSY', Date.now());
    expect(Number(ofFolder(await healthOf(bob))?.nextLookAt)).toBeLessThan(restsUntil);
    expect(ofFolder(await healthOf(bob))).toMatchObject({
      lastLookAt: lastPassAt,
      error: { code: 'EMAIL_FOLDER_BUSY' },
    });
    expect((await accountsOf(bob))[0]).toMatchObject({ state: 'active', error: null, troubledFolders: 1 });
    expect((await listFor(admin)).accounts[0].troubledFolders).toBe(1);
    const after = await passAgain();
    expect(ofFolder(after)).toMatchObject({ lastLookAt: after.lastPassAt, error: null });
    expect(after.troubledFolders).toBe(0);
    expect((await listFor(admin)).accounts[0].troubledFolders).toBe(0);
  }, 60_000);

  it('has a log of what was done, newest first, page by page', async () => {
    const { lines, nextBefore } = await logOf(bob);
    expect(lines.map((line) => line.event)).toContain('synced');
    expect(lines.some((line) => line.event.startsWith('looked-') && line.counts.listed > 0)).toBe(true);
    expect(lines.map((line) => line.id)).toEqual([...lines.map((line) => line.id)].sort((a, b) => b - a));
    expect(nextBefore).toBeNull();
    const older = await logOf(bob, lines[0].id);
    expect(older.lines.map((line) => line.id)).toEqual(lines.slice(1).map((line) => line.id));
    expect((await bob.get(`/api/emailAccounts:log?accountId=${account.id}&before=x`)).status).toBe(400);
  });

  it('is listed for administrators with its owner and its node, without anything of what is in it', async () => {
    const answer = await admin.get('/api/emailHealth:list');
    expect(answer.text).not.toMatch(/Quarterly|Inbox|INBOX|Sent Items|Archive/);
    const { accounts, total, states } = answer.body.data as WireHealthPage;
    expect(total).toBe(1);
    expect(states).toEqual({ active: 1 });
    expect(accounts[0]).toMatchObject({
      id: account.id,
      owner: { id: bob.id, name: 'bob' },
      address: BOB.upn,
      state: 'active',
      error: null,
      operationCount: 0,
    });
    expect(accounts[0].node).toBeTruthy();
    expect(accounts[0].messageCount).toBeGreaterThan(5);
    expect((await bob.get('/api/emailHealth:list')).status).toBe(403);
  });

  it('is found by its state, and nothing else is', async () => {
    expect((await listFor(admin, '?state=active')).accounts).toHaveLength(1);
    expect(await listFor(admin, '?state=disabled')).toMatchObject({ accounts: [], total: 0 });
    expect(await listFor(admin, '?page=2&pageSize=1')).toMatchObject({ accounts: [], total: 1, page: 2 });
    expect((await admin.get('/api/emailHealth:list?state=strange')).status).toBe(400);
    expect((await admin.get('/api/emailHealth:list?pageSize=1000')).status).toBe(400);
  });
});

describe('an inbox that stays closed', () => {
  it('is told once though the account works, with the reason for its owner alone, and no more once it opens', async () => {
    const { store, clock } = wiringOf().services;
    const inbox = (await store.folderOfRole(account.id as AccountId, 'inbox')) as FolderRow;
    const since = clock.now() - 31 * 60_000;
    await store.markFolder(inbox, 'EMAIL_FOLDER_BUSY', since);
    await store.markFolder(inbox, 'EMAIL_FOLDER_BUSY', clock.now());
    const { notices } = wiringOf();
    await Promise.all([notices.tell(account.id as AccountId), notices.tell(account.id as AccountId)]);
    const told = await messagesOf(bob);
    expect(told.map(({ title }) => title)).toEqual([`The inbox of ${BOB.upn} cannot be opened`]);
    expect(await messagesOf(alice)).toEqual([]);
    const troubled = { state: 'active', hasStopped: false, inboxError: { code: 'EMAIL_FOLDER_BUSY' } };
    expect((await accountsOf(bob))[0]).toMatchObject(troubled);
    expect((await healthOf(bob)).folders[0]).toMatchObject({ role: 'inbox', errorAt: since });
    await passAgain();
    await until('the inbox to be open', async () => (await accountsOf(bob)).find((one) => one.troubledFolders === 0));
    expect((await accountsOf(bob))[0].inboxError).toBeNull();
    expect((await store.folderById(inbox.accountId, inbox.id))?.notifiedAt).toBeNull();
    await app.app.db.getRepository('notificationInAppMessages').destroy({ filter: { userId: bob.id } });
    expect(await messagesOf(bob)).toEqual([]);
  }, 60_000);
});

describe('a mailbox that needs its owner', () => {
  it('tells the owner once, in their language, with a link and nothing of the mail', async () => {
    await app.app.db.getRepository('users').update({ filterByTk: bob.id, values: { appLang: 'ja-JP' } });
    await revoke();
    const [message, ...more] = await until('the message', async () => {
      const all = await messagesOf(bob);
      return all.length > 0 && all;
    });
    expect(more).toEqual([]);
    expect(message.title).toBe(`${BOB.upn} の同期が止まりました`);
    expect(message.content).toContain('再接続');
    expect(message.options.url).toBe('/admin/email');
    expect(await messagesOf(alice)).toEqual([]);
  }, 60_000);

  it('says so to the owner and to administrators', async () => {
    const health = await healthOf(bob);
    expect(health).toMatchObject({ state: 'needs-reconnect', hasStopped: true, nextAttemptAt: null });
    expect(health.error?.code).toBe('EMAIL_RECONNECT_REQUIRED');
    expect(Number(health.failingSince)).toBeGreaterThan(Number(health.lastPassAt));
    expect((await logOf(bob)).lines[0]).toMatchObject({
      event: 'failed',
      error: { code: 'EMAIL_RECONNECT_REQUIRED' },
    });
    const { accounts, states } = await listFor(admin, '?state=needs-reconnect');
    expect(accounts[0]).toMatchObject({ hasStopped: true, error: { code: 'EMAIL_RECONNECT_REQUIRED' } });
    expect(states).toEqual({ 'needs-reconnect': 1 });
  });

  it('two nodes that look for it do not tell again', async () => {
    const { notices } = wiringOf();
    await Promise.all([notices.sweep(), notices.sweep(), notices.tell(account.id as never)]);
    expect(await messagesOf(bob)).toHaveLength(1);
  });

  it('tells again only after it worked in between', async () => {
    await reconnect();
    await revoke();
    await until('the second message', async () => (await messagesOf(bob)).length === 2);
    await reconnect();
  }, 90_000);

  it('a long pause of the server is told, too', async () => {
    await sandbox.control('fault', {
      where: 'imap',
      match: { stage: 'list', user: BOB.upn },
      answer: 'TAG BAD Request is throttled. Suggested Backoff Time: 2700000 milliseconds',
      times: 1,
    });
    await bob.post('/api/emailAccounts:sync', { accountId: account.id });
    await until('the third message', async () => (await messagesOf(bob)).length === 3);
    expect(await healthOf(bob)).toMatchObject({ state: 'backing-off', hasStopped: true, isPausedByServer: true });
  }, 60_000);

  it("a pause that a download hears ends the worker's connection, too, and is told; a shorter one changes nothing", async () => {
    const hers = await linkAccount(app, alice, ALICE);
    await synced(alice, hers.id);
    const { services } = (app.app.pm.get('nocobase-plugin-email-manager') as unknown as { wiring: Wiring }).wiring;
    const { accounts, wakeups } = services;
    const now = Date.now();
    const hear = (until: number): Promise<void> => keepPause({ accounts, wakeups }, hers.id as never, new Date(until));
    await hear(now + 45 * 60_000);
    const paused = { state: 'backing-off', hasStopped: true, isPausedByServer: true };
    await until('the message', async () => (await messagesOf(alice)).length === 1);
    expect(await healthOf(alice)).toMatchObject({ ...paused, nextAttemptAt: now + 45 * 60_000 });
    await hear(now + 60_000);
    await hear(now + 50 * 60_000);
    await until('the longer one', async () => (await healthOf(alice)).nextAttemptAt === now + 50 * 60_000);
    expect(await healthOf(alice)).toMatchObject(paused);
  }, 60_000);
});

it('a mailbox that works again is not listed as if it did not, nor before one that does not', async () => {
  const { db } = app.app;
  const quote = (name: string): string => db.sequelize.getQueryInterface().quoteIdentifier(name);
  const collection = db.getCollection('emailAccounts');
  const column = (name: string): string =>
    quote((collection.model.rawAttributes[name] as { field?: string }).field ?? name);
  await db.sequelize.query(
    `UPDATE ${collection.quotedTableName() as string} SET ${column('state')} = 'active', ${column('failingSince')} = 1 WHERE id = ${account.id}`,
  );
  const { accounts } = await listFor(admin);
  expect(accounts.map(({ address, failingSince }) => [address, failingSince === null])).toEqual([
    [ALICE.upn, false],
    [BOB.upn, true],
  ]);
});
