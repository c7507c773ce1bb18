import type { Database } from '@nocobase/database';
import type { WireAccount, WireFolder, WireThread, WireThreadPage } from '../../src/shared/wire';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { ALICE, BOB, configureProvider, linkAccount, synced } from '../support/linked';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';
import { until } from '../support/until';

let sandbox: TestSandbox;
let app: TestApp;
let alice: Caller;
let bob: Caller;
let account: WireAccount;
let sent = 0;

interface Mail {
  readonly subject: string;
  readonly from?: string;
  readonly to?: string;
  readonly text?: string;
  readonly html?: string;
  readonly file?: string;
  readonly date?: string;
  readonly folder?: string;
  readonly inReplyTo?: string;
}

/** Puts a mail into Bob's mailbox. */
async function put(mail: Mail, flags: readonly string[] = []): Promise<void> {
  sent += 1;
  const type = mail.html ? 'text/html' : 'text/plain';
  const body = [
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(mail.html ?? mail.text ?? '').toString('base64'),
  ];
  const file = [
    'Content-Type: application/pdf',
    `Content-Disposition: attachment; filename="${mail.file}"`,
    'Content-Transfer-Encoding: base64',
    '',
    'JVBERi0xLjQK',
  ];
  const content = mail.file
    ? ['Content-Type: multipart/mixed; boundary=b', '', '--b', ...body, '--b', ...file, '--b--']
    : body;
  const raw = [
    `From: ${mail.from ?? 'Alice <alice@contoso.test>'}`,
    `To: ${mail.to ?? 'bob@contoso.test'}`,
    `Subject: ${mail.subject}`,
    `Date: ${mail.date ?? 'Mon, 01 Jun 2026 10:00:00 +0000'}`,
    `Message-ID: <search-${sent}@x>`,
    ...(mail.inReplyTo ? [`In-Reply-To: ${mail.inReplyTo}`] : []),
    'MIME-Version: 1.0',
    ...content,
    '',
  ].join('\r\n');
  await sandbox.control('put', { upn: BOB.upn, folder: mail.folder ?? 'INBOX', raw, flags });
}

const page = async (query: string, who = bob, before?: string): Promise<WireThreadPage> => {
  const answer = await who.post('/api/emailThreads:search', { query, before, timeZone: 'Asia/Shanghai' });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return answer.body.data as WireThreadPage;
};
const found = async (query: string, who = bob): Promise<string[]> =>
  (await page(query, who)).threads.map(({ subject }) => subject);
const refusal = async (query: unknown): Promise<string> => {
  const answer = await bob.post('/api/emailThreads:search', { query });
  return `${answer.status} ${answer.body.errors?.[0]?.code}`;
};
const searchable = (query: string, subject: string): Promise<boolean> =>
  until(`“${subject}” to be searchable`, async () => (await found(query)).includes(subject));
const folderOf = async (role: string): Promise<WireFolder> =>
  ((await bob.get('/api/emailFolders:list')).body.data as WireFolder[]).find((one) => one.role === role) as WireFolder;

beforeAll(async () => {
  sandbox = await startTestSandbox('node', 3);
  app = await createTestApp();
  await configureProvider(app, sandbox.addresses);
  [alice, bob] = [await app.user('alice'), await app.user('bob')];
  await put({
    subject: 'Zorro zbudget',
    text: 'The figures for Käse and 手机 are attached.',
    file: 'Bericht 2026.pdf',
  });
  await put({ subject: '=?utf-8?B?5Lya6K6u57qq6KaB?=', text: '请在星期五之前确认会议纪要。' });
  await put({ subject: 'Meeting in Tokyo', html: '<p>明日の<b>会議</b>について</p><script>secretword</script>' });
  await put({ subject: 'Sent one', from: 'Bob <bob@contoso.test>', to: 'Carol <carol@x.test>', folder: 'Sent Items' });
  await put({ subject: 'Thrown away', text: 'zbudget of last year', folder: 'Deleted Items' });
  await put({ subject: 'Old news', text: 'nothing', date: 'Wed, 31 Dec 2025 17:00:00 +0000' }, ['Work']);
  account = await linkAccount(app, bob, BOB);
  await synced(bob, account.id);
  await searchable('subject:old', 'Old news');
  const other = await linkAccount(app, alice, ALICE);
  await synced(alice, other.id);
}, 180_000);

afterAll(async () => {
  await app?.destroy();
  await sandbox?.stop();
});

it.each([
  ['zbudget', ['Zorro zbudget']],
  ['KASE figures', ['Zorro zbudget']],
  ['figur', ['Zorro zbudget']],
  ['"figures for"', ['Zorro zbudget']],
  ['"for figures"', []],
  ['手机', ['Zorro zbudget']],
  ['机', ['Zorro zbudget']],
  ['机手', []],
  ['手', ['Zorro zbudget']],
  ['filename:bericht', ['Zorro zbudget']],
  ['"bericht.pdf"', []],
  ['has:attachment subject:zbudget', ['Zorro zbudget']],
  ['subject:zbudget -has:attachment', []],
  ['会议纪要', ['会议纪要']],
  ['subject:纪要 星期五', ['会议纪要']],
  ['議', ['Meeting in Tokyo']],
  ['会議', ['Meeting in Tokyo']],
  ['secretword', []],
  ['to:carol', ['Sent one']],
  ['from:bob to:carol@x.test', ['Sent one']],
  ['from:carol', []],
  ['in:sent carol', ['Sent one']],
  ['in:trash zbudget', ['Thrown away']],
  ['zbudget in:anywhere', ['Zorro zbudget', 'Thrown away']],
  ['subject:old before:2026-01-02', ['Old news']],
  // 17:00 UTC is already the next day in Shanghai.
  ['subject:old before:2026-01-01', []],
  ['subject:old after:2026-01-01', ['Old news']],
  ['is:starred', []],
  ['label:work -label:ork', ['Old news']],
  ['subject:old -label:work', []],
] as const)('“%s” finds %j', async (query, subjects) => {
  expect((await found(query)).sort()).toEqual([...subjects].sort());
});

it('what is said about a result belongs to the message that was found', async () => {
  const [thread] = (await page('手机')).threads;
  expect(thread).toMatchObject({ subject: 'Zorro zbudget', hasAttachments: true, accountId: account.id });
  expect(thread.folderId).toBe((await folderOf('inbox')).id);
  expect(thread.snippet).toContain('figures');
  expect(thread.marks?.snippet.map(([start, end]) => thread.snippet.slice(start, end))).toEqual(['手机']);
});

it('a conversation in which only own words were found is where it can be acted on', async () => {
  const carol = 'Carol <carol@x.test>';
  await put({ subject: 'Plums', from: carol });
  const answer = { from: 'Bob <bob@contoso.test>', to: carol, folder: 'Sent Items', text: 'Mirabelles are ripe' };
  const date = 'Mon, 01 Jun 2026 10:05:00 +0000';
  await put({ subject: 'Re: Plums', date, ...answer, inReplyTo: `<search-${sent}@x>` });
  await bob.post('/api/emailAccounts:sync', { accountId: account.id });
  await searchable('mirabelles', 'Plums');
  const folders = [await folderOf('inbox'), await folderOf('sent')].map(({ id }) => id);
  const placeOf = async (query: string): Promise<number> => (await page(query)).threads[0].folderId;
  expect([await placeOf('mirabelles'), await placeOf('mirabelles in:sent')]).toEqual(folders);
});

it('state is that of this moment: read and star are found at once', async () => {
  const [thread] = (await page('subject:zorro')).threads;
  await bob.post(`/api/emailThreads:mark?filterByTk=${thread.id}`, { isRead: false });
  expect(await found('subject:zorro is:unread')).toEqual(['Zorro zbudget']);
  await bob.post(`/api/emailThreads:mark?filterByTk=${thread.id}`, { isRead: true });
  expect(await found('subject:zorro is:unread')).toEqual([]);
  await bob.post(`/api/emailThreads:star?filterByTk=${thread.id}`, { isStarred: true });
  expect(await found('is:starred')).toEqual(['Zorro zbudget']);
  expect(await found('subject:zorro -is:starred')).toEqual([]);
  await bob.post(`/api/emailThreads:star?filterByTk=${thread.id}`, { isStarred: false });
  expect(await found('is:starred')).toEqual([]);
});

it('nobody finds the mail of somebody else', async () => {
  expect(await found('会议纪要', alice)).toEqual([]);
  expect(await found('in:anywhere subject:zorro', alice)).toEqual([]);
  expect((await found('in:inbox', alice)).length).toBeGreaterThan(0);
  const carol = await app.user('carol');
  expect(await found('zbudget', carol)).toEqual([]);
});

it.each([
  ['', '400 EMAIL_SEARCH_EMPTY'],
  ['?!', '400 EMAIL_SEARCH_SIGNS'],
  ['is:blue', '400 EMAIL_SEARCH_TERM'],
  ['in:nowhere', '400 EMAIL_SEARCH_FOLDER'],
  [{ $ne: 1 }, '400 EMAIL_INVALID_INPUT'],
  [undefined, '400 EMAIL_INVALID_INPUT'],
])('%j is refused as %s', async (query, answer) => expect(await refusal(query)).toBe(answer));

it('odd input harms nothing', async () => {
  const odd = [
    `') OR 1=1 --`,
    '"; DROP TABLE x',
    'a & | ! <-> b:*',
    '\u0000\ud800x',
    'NEAR(a b) OR AND NOT',
    'x'.repeat(5_000),
    '漢'.repeat(5_000),
    '-'.repeat(900) + 'a',
    'a* "b c"* -"d e"',
  ];
  for (const query of odd) expect([query, Array.isArray(await found(query))]).toEqual([query, true]);
  const strange = await bob.post('/api/emailThreads:search', { query: 'a', before: "1-1' OR 1", timeZone: "UTC'; --" });
  expect([strange.status, strange.body.errors[0].code]).toEqual([400, 'EMAIL_INVALID_INPUT']);
  expect((await bob.post('/api/emailThreads:search', { query: 'zbudget', timeZone: "UTC'; --" })).status).toBe(200);
});

/** What takes the words away, and leaves the rows. */
const LOSE: Readonly<Record<string, (db: Database) => string>> = {
  sqlite: (db) => `DROP TABLE ${quoted(db, `${bareEntries(db)}_fts`)}`,
  postgres: (db) => `ALTER TABLE ${entries(db)} DROP COLUMN fts`,
  mysql: (db) => `ALTER TABLE ${entries(db)} DROP INDEX email_search_words`,
  mariadb: (db) => `ALTER TABLE ${entries(db)} DROP INDEX email_search_words`,
};
const quoted = (db: Database, name: string): string => db.sequelize.getQueryInterface().quoteIdentifier(name);
const bareEntries = (db: Database): string => String(db.getCollection('emailSearchEntries').model.tableName);
const entries = (db: Database): string => db.getCollection('emailSearchEntries').quotedTableName() as string;

async function allPages(query: string): Promise<WireThread[]> {
  const threads: WireThread[] = [];
  let before: string | undefined;
  for (let turn = 0; turn < 5; turn += 1) {
    const next: WireThreadPage = await page(query, bob, before);
    threads.push(...next.threads);
    before = next.nextBefore ?? undefined;
    if (!before) break;
  }
  return threads;
}

it('pages hold every conversation once, newest first', async () => {
  for (let at = 0; at < 60; at += 1)
    await put({
      subject: `Serial number ${at}`,
      text: 'serialised',
      date: new Date(Date.UTC(2026, 2, 1) + at * 1_000).toUTCString(),
    });
  await bob.post('/api/emailAccounts:sync', { accountId: account.id });
  // A second page alone would not say that the last of them is indexed.
  const threads = await until('all to be searchable', async () => {
    const all = await allPages('serialised');
    return all.length >= 60 ? all : undefined;
  });
  const numbers = threads.map(({ subject }) => Number(subject.split(' ')[2]));
  expect(numbers).toEqual([...Array(60).keys()].reverse());
}, 120_000);

it('an index that is lost is said to be, and made anew with all that was in it', async () => {
  await app.app.db.sequelize.query(LOSE[app.app.db.sequelize.getDialect()](app.app.db));
  expect(await refusal('zbudget')).toBe('500 EMAIL_SEARCH_UNAVAILABLE');
  expect((await bob.post('/api/emailThreads:search', { query: 'is:read in:inbox' })).status).toBe(200);
  await refusal('zbudget');
  await bob.post('/api/emailAccounts:sync', { accountId: account.id });
  await searchable('zbudget', 'Zorro zbudget');
  await searchable('会议纪要', '会议纪要');
}, 60_000);

it('of a header that has just come the text is waited for; where it takes long, the header is found alone', async () => {
  const { db } = app.app;
  const quote = (name: string): string => db.sequelize.getQueryInterface().quoteIdentifier(name);
  const column = (name: string): string =>
    quote(String((db.getCollection('emailMessages').model.rawAttributes[name] as { field: string }).field));
  const table = db.getCollection('emailMessages').quotedTableName() as string;
  const setCreated = (at: Date): Promise<unknown> =>
    db.sequelize.query(
      `UPDATE ${table} SET ${column('isComplete')} = :no, ${column('needsIndex')} = :yes, ${column('createdAt')} = :at, ${column('subject')} = :subject
       WHERE ${column('subject')} IN (:subject, 'Old news')`,
      { replacements: { no: false, yes: true, at, subject: 'Oldest quuxnews' } },
    );
  await setCreated(new Date());
  await put({ subject: 'Indexed afterwards', text: 'nothing' });
  await bob.post('/api/emailAccounts:sync', { accountId: account.id });
  await searchable('subject:afterwards', 'Indexed afterwards');
  expect(await found('subject:quuxnews')).toEqual([]);
  await setCreated(new Date(Date.now() - 61_000));
  await bob.post('/api/emailAccounts:sync', { accountId: account.id });
  await searchable('subject:quuxnews', 'Oldest quuxnews');
});

it('what is deleted for ever is not found any more, and leaves nothing in the index when the account goes', async () => {
  const { db } = app.app;
  const table = db.getCollection('emailSearchEntries').quotedTableName() as string;
  const rows = async (sql: string): Promise<number> => {
    const [[row]] = (await db.sequelize.query(sql)) as unknown as [[{ n: number }]];
    return Number(row.n);
  };
  const quote = (name: string): string => db.sequelize.getQueryInterface().quoteIdentifier(name);
  const ofAccount = `SELECT count(*) AS n FROM ${table} WHERE ${quote(db.options.underscored ? 'account_id' : 'accountId')} = ${account.id}`;
  expect(await rows(ofAccount)).toBeGreaterThan(60);
  const [thread] = (await page('in:trash zbudget')).threads;
  await bob.post('/api/emailThreads:erase', { ids: [thread.id], folderId: thread.folderId });
  expect(await found('in:trash zbudget')).toEqual([]);
  await bob.post('/api/emailAccounts:unlink', { accountId: account.id });
  expect(await rows(ofAccount)).toBe(0);
  if (db.sequelize.getDialect() === 'sqlite') {
    const fts = quote(`${String(db.getCollection('emailSearchEntries').model.tableName)}_fts`);
    expect(await rows(`SELECT count(*) AS n FROM ${fts} WHERE ${fts} MATCH 'zwserialised'`)).toBe(0);
  }
}, 60_000);
