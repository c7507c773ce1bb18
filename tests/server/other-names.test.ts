import type { WireAccount, WireFolder, WireThread, WireThreadDetail, WireThreadPage } from '../../src/shared/wire';
import { PROTECTED_COLLECTIONS } from '../../src/server/runtime/mail-scope';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { until } from '../support/until';
import { ALICE, accountsOf, beginLink, configureProvider, finishLink, linkAccount, synced } from '../support/linked';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';

/** A sub-application whose tables have other names: DB_UNDERSCORED, DB_TABLE_PREFIX and `/api/__app/team/`. */
let sandbox: TestSandbox;
let app: TestApp;
let alice: Caller;
let eve: Caller;
let account: WireAccount;

beforeAll(async () => {
  sandbox = await startTestSandbox('node', 70);
  app = await createTestApp({ name: 'team', database: { underscored: true, tablePrefix: 'nb_' } });
  await configureProvider(app, sandbox.addresses);
  alice = await app.user('alice');
  eve = await app.user('eve');
}, 120_000);

afterAll(async () => {
  await app?.destroy();
  await sandbox?.stop();
});

const inbox = async () =>
  ((await alice.get('/api/emailFolders:list')).body.data as WireFolder[]).find(
    (folder) => folder.role === 'inbox',
  ) as WireFolder;
const page = async (before?: string | null) =>
  (await alice.get(`/api/emailThreads:list?folderId=${(await inbox()).id}${before ? `&before=${before}` : ''}`)).body
    .data as WireThreadPage;

it('the tables have the names that the settings ask for', () => {
  const tables = PROTECTED_COLLECTIONS.map((name) => app.app.db.getCollection(name).model.getTableName());
  const names = tables.map((table) => (typeof table === 'string' ? table : table.tableName));
  expect(names.every((name) => /^nb_email_[a-z_]+$/.test(name))).toBe(true);
});

it('the redirect URI names the sub-application, and the consent comes back to it', async () => {
  const begun = await beginLink(alice);
  const redirectUri = new URL(begun.url).searchParams.get('redirect_uri');
  expect(redirectUri).toBe('http://localhost:13000/api/__app/team/emailOAuth:callback');
  expect((await finishLink(app, begun, ALICE)).status).toBe(200);
  account = await linkAccount(app, alice, ALICE);
  await synced(alice, account.id);
}, 60_000);

it('pages, reads, marks and sends', async () => {
  const first = await page();
  expect(first.nextBefore).not.toBeNull();
  const second = await page(first.nextBefore);
  const ids = [...first.threads, ...second.threads].map((thread: WireThread) => thread.id);
  expect(new Set(ids).size).toBe(ids.length);

  const unread = first.threads.find((thread) => thread.isUnread) as WireThread;
  const { messages } = (await alice.get(`/api/emailThreads:get?filterByTk=${unread.id}`)).body.data as WireThreadDetail;
  expect(messages.at(-1)?.body).not.toBeNull();
  await alice.post(`/api/emailThreads:mark?filterByTk=${unread.id}`, { isRead: true });
  expect((await page()).threads.find((thread) => thread.id === unread.id)?.isUnread).toBe(false);

  const draft = (await alice.post('/api/emailDrafts:create', { accountId: account.id, kind: 'new' })).body.data;
  const content = { accountId: account.id, revision: draft.revision, subject: 'from the team', html: '<p>x</p>' };
  await alice.post(`/api/emailDrafts:save?filterByTk=${draft.id}`, { ...content, to: [{ address: ALICE.upn }] });
  await alice.post(`/api/emailDrafts:send?filterByTk=${draft.id}`);
  await until(
    'the mail to come back',
    async () => (await page()).threads.find((thread) => thread.subject === 'from the team'),
    40_000,
  );
}, 90_000);

it('nobody else reads a row, by our resources or by the generic ones', async () => {
  const thread = (await page()).threads[0];
  expect((await eve.get(`/api/emailThreads:get?filterByTk=${thread.id}`)).status).toBe(404);
  expect((await eve.get('/api/emailFolders:list')).body.data).toEqual([]);
  for (const who of [alice, eve, app.root]) {
    for (const name of PROTECTED_COLLECTIONS) {
      const answer = await who.get(`/api/${name}:query`);
      expect([name, answer.status >= 400]).toEqual([name, true]);
    }
  }
});

it('unlinking leaves no row behind', async () => {
  await alice.post('/api/emailAccounts:unlink', { accountId: account.id });
  expect(await accountsOf(alice)).toEqual([]);
  for (const name of ['emailMessages', 'emailPlacements', 'emailFolders', 'emailTokens', 'emailThreads']) {
    const [[{ n }]] = (await app.app.db.sequelize.query(
      `SELECT count(*) AS n FROM ${app.app.db.getCollection(name).quotedTableName()}`,
    )) as unknown as [[{ n: number }]];
    expect([name, Number(n)]).toEqual([name, 0]);
  }
}, 30_000);
