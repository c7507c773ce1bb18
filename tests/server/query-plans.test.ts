import { createTestApp, type Caller, type TestApp } from '../support/app';
import { configureProvider, linkAccount, synced } from '../support/linked';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';

/** Tables that grow with the mail of all users. The others hold a row for an account, a node or a setting. */
const LARGE = [
  'Messages',
  'Placements',
  'Threads',
  'ThreadKeys',
  'Attachments',
  'Drafts',
  'Uploads',
  'Outbox',
  'SyncLog',
];
const isSqlite = (process.env.EMAIL_TEST_DATABASE ?? 'sqlite') === 'sqlite';

let sandbox: TestSandbox;
let app: TestApp;
let alice: Caller;
const statements = new Map<string, unknown[]>();

beforeAll(async () => {
  if (!isSqlite) return;
  sandbox = await startTestSandbox('node', 12);
  app = await createTestApp();
  (app.app.db.sequelize as unknown as { options: { logging: unknown } }).options.logging = (
    sql: string,
    options?: unknown,
  ) => {
    const { bind } = (options ?? {}) as { bind?: unknown[] };
    statements.set(sql.replace(/^Executing \(.*?\): /, '').replace(/;? *$/, ''), bind ?? []);
  };
  await configureProvider(app, sandbox.addresses);
  alice = await app.user('alice');
  const account = await linkAccount(app, alice, sandbox.addresses.users[0]);
  await synced(alice, account.id);
  await everything(account.id);
}, 120_000);

afterAll(async () => {
  await app?.destroy();
  await sandbox?.stop();
});

/** Every read of the API, and what a mailbox and its outbox do in the background. */
async function everything(accountId: number): Promise<void> {
  const folders = (await alice.get('/api/emailFolders:list')).body.data as { id: number; role: string }[];
  const inbox = folders.find((folder) => folder.role === 'inbox')?.id;
  await alice.get('/api/emailAccounts:list');
  await alice.get('/api/emailAccounts:unread');
  await alice.get('/api/emailAccounts:health');
  await alice.get(`/api/emailAccounts:log?accountId=${accountId}`);
  await alice.get(`/api/emailAccounts:log?accountId=${accountId}&before=2`);
  await app.root.get('/api/emailHealth:list');
  const { threads } = (await alice.get(`/api/emailThreads:list?folderId=${inbox}`)).body.data;
  await alice.get(`/api/emailThreads:get?filterByTk=${threads[0].id}`);
  await alice.post(`/api/emailThreads:mark?filterByTk=${threads[0].id}`, { isRead: false });
  const to = [{ address: 'bob@contoso.test' }];
  const draft = (await alice.post('/api/emailDrafts:create', { accountId, kind: 'new', to })).body.data;
  await alice.upload(`/api/emailDrafts:upload?filterByTk=${draft.id}`, Buffer.from('x'), 'x.txt');
  await alice.get('/api/emailDrafts:list');
  const row = (await alice.post(`/api/emailDrafts:send?filterByTk=${draft.id}`)).body.data;
  await alice.get('/api/emailOutbox:list');
  await alice.post(`/api/emailOutbox:cancel?filterByTk=${row.id}`);
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  await alice.post('/api/emailAccounts:unlink', { accountId });
}

it('no statement reads a large table from end to end', async () => {
  if (!isSqlite) {
    process.stderr.write('LEFT OUT: query plans are looked at on SQLite only\n');
    return;
  }
  (app.app.db.sequelize as unknown as { options: { logging: unknown } }).options.logging = false;
  const table = new RegExp(`^SCAN email(${LARGE.join('|')})$`);
  const scans: string[] = [];
  let looked = 0;
  for (const [sql, bind] of statements) {
    if (!/^(SELECT|UPDATE|DELETE)\b/.test(sql) || !/`email[A-Z]/.test(sql)) continue;
    const [plan] = (await app.app.db.sequelize.query(`EXPLAIN QUERY PLAN ${sql}`, { bind })) as unknown as [
      { detail: string }[],
    ];
    looked += 1;
    if (plan.some(({ detail }) => table.test(detail))) scans.push(sql.slice(0, 300));
  }
  expect(looked).toBeGreaterThan(60);
  expect(scans).toEqual([]);
});
