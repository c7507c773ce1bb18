import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { beginLink, configureProvider, finishLink, synced, accountsOf } from '../support/linked';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';

let sandbox: TestSandbox;
let app: TestApp;
let alice: Caller;
const seen: string[] = [];

beforeAll(async () => {
  sandbox = await startTestSandbox('node', 12);
  app = await createTestApp();
  await configureProvider(app, sandbox.addresses);
  alice = await app.user('alice');
  const begun = await beginLink(alice);
  const callback = await finishLink(app, begun, sandbox.addresses.users[0]);
  seen.push(callback.text);
  const [account] = await accountsOf(alice);
  await alice.post('/api/emailAccounts:start', { accountId: account.id, since: null });
  await synced(alice, account.id);
  const draft = (
    await alice.post('/api/emailDrafts:create', {
      accountId: account.id,
      kind: 'new',
      to: [{ address: 'secret.friend@contoso.test' }],
    })
  ).body.data;
  await alice.post(`/api/emailDrafts:save?filterByTk=${draft.id}`, {
    accountId: account.id,
    revision: draft.revision,
    to: [{ address: 'secret.friend@contoso.test' }],
    subject: 'confidential-subject',
    html: '<p>confidential-body</p>',
  });
  seen.push(
    JSON.stringify((await app.root.get('/api/emailProviders:get?name=microsoft')).body),
    JSON.stringify((await alice.get('/api/emailAccounts:list')).body),
  );
}, 120_000);

afterAll(async () => {
  await app?.destroy();
  await sandbox?.stop();
});

const clientSecret = (): string => sandbox.addresses.clientSecret;

function logs(): string {
  const folder = process.env.LOGGER_BASE_PATH as string;
  return (fs.readdirSync(folder, { recursive: true }) as string[])
    .map((name) => path.join(folder, name))
    .filter((file) => fs.statSync(file).isFile())
    .map((file) => fs.readFileSync(file, 'utf8'))
    .join('\n');
}

async function dump(): Promise<string> {
  const { sequelize } = app.app.db;
  const names = [...app.app.db.collections.values()].map((collection) => collection.quotedTableName() as string);
  const rows = await Promise.all(names.map((name) => sequelize.query(`SELECT * FROM ${name}`).catch(() => [[]])));
  return JSON.stringify(rows);
}

it('keeps client secret, tokens and authorization codes out of the database in usable form', async () => {
  const text = await dump();
  expect(text).toContain('alice@contoso.test');
  expect(text).not.toContain(clientSecret());
  expect(text).not.toMatch(/eyJ[\w-]{20,}\.[\w-]{20,}\./);
  expect(text).not.toContain('"RefreshToken"');
});

it('writes no secret, token, code, address, subject or body to any log', async () => {
  const text = logs();
  expect(text).toContain('emailProviders:save');
  expect(text).toContain('emailOAuth:callback');
  for (const hidden of [
    clientSecret(),
    'secret.friend',
    'confidential-subject',
    'confidential-body',
    'code=',
    'state=',
    'alice@contoso.test',
    'Quarterly review',
  ]) {
    expect(text.includes(hidden) ? hidden : null).toBeNull();
  }
  expect(text).not.toMatch(/eyJ[\w-]{20,}\.[\w-]{20,}\./);
});

it('answers no secret to anybody', () => {
  const text = seen.join('\n');
  expect(text).toContain('hasSecret');
  expect(text).not.toContain(clientSecret());
  expect(text).not.toMatch(/eyJ[\w-]{20,}\./);
});

it('refuses a token row that was copied to another account', async () => {
  const { box } = await import('./open-box');
  const sealed = box.seal('refresh', 'emailTokens:1:sealed');
  expect(box.open(sealed, 'emailTokens:1:sealed')).toBe('refresh');
  expect(() => box.open(sealed, 'emailTokens:2:sealed')).toThrow('EMAIL_SECRET_KEY_CHANGED');
});

it('ships no source, source map or secret in the package', () => {
  const folder = path.resolve(__dirname, '../../.work/host/node_modules/nocobase-plugin-email-manager');
  const files = execFileSync('find', [folder, '-type', 'f'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((file) => path.relative(folder, file));
  expect(files).toEqual(
    expect.arrayContaining([
      'client.js',
      'client-v2.js',
      'server.js',
      'dist/externalVersion.js',
      'dist/client/index.js',
      'dist/client-v2/index.js',
      'dist/server/index.js',
      // Where src/server/runtime/parse-worker/open-parser.ts looks for it.
      'dist/server/runtime/parse-worker/entry.js',
      'dist/locale/ja-JP.json',
      'LICENSE',
      'README.md',
    ]),
  );
  expect(
    files.filter((file) => /(^|\/)src\/|\.map$|\.tsx?$|\.env|\.key$/.test(file) && !file.endsWith('.d.ts')),
  ).toEqual([]);
});
