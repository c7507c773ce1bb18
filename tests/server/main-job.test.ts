import type { WireAccount, WireFolder, WireMessage, WireThread, WireThreadDetail } from '../../src/shared/wire';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { until } from '../support/until';
import { configureProvider, linkAccount, synced } from '../support/linked';
import { inMailbox } from '../support/mailbox-client';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';

let sandbox: TestSandbox;
let app: TestApp;
let alice: Caller;
let bob: Caller;
let mailbox: WireAccount;

beforeAll(async () => {
  sandbox = await startTestSandbox('node', 25);
  app = await createTestApp();
  await configureProvider(app, sandbox.addresses);
  alice = await app.user('alice');
  bob = await app.user('bob');
  mailbox = await linkAccount(app, alice, sandbox.addresses.users[0]);
  const other = await linkAccount(app, bob, sandbox.addresses.users[1]);
  await synced(alice, mailbox.id);
  await synced(bob, other.id);
}, 120_000);

afterAll(async () => {
  await app?.destroy();
  await sandbox?.stop();
}, 60_000);

const folderOf = async (user: Caller, role: string): Promise<WireFolder> =>
  ((await user.get('/api/emailFolders:list')).body.data as WireFolder[]).find(
    (folder) => folder.role === role,
  ) as WireFolder;
const threadsIn = async (user: Caller, folder: WireFolder): Promise<WireThread[]> =>
  (await user.get(`/api/emailThreads:list?folderId=${folder.id}`)).body.data.threads as WireThread[];
const threadOf = async (user: Caller, id: number): Promise<WireThreadDetail> =>
  (await user.get(`/api/emailThreads:get?filterByTk=${id}`)).body.data as WireThreadDetail;

it('lists folders with their roles and the conversations of the inbox, newest first', async () => {
  const inbox = await folderOf(alice, 'inbox');
  const threads = await threadsIn(alice, inbox);
  expect(inbox.unreadCount).toBeGreaterThan(0);
  expect(threads.length).toBeGreaterThan(5);
  expect([...threads].sort((a, b) => b.lastMessageAt - a.lastMessageAt)).toEqual(threads);
  const review = threads.find((thread) => thread.subject === 'Quarterly review: agenda and room');
  expect(review).toMatchObject({ messageCount: 3, hasAttachments: true });
  expect(await folderOf(alice, 'sent')).toMatchObject({ path: 'Sent Items' });
});

it('shows a conversation with decoded text and streams an attachment byte for byte', async () => {
  const threads = await threadsIn(alice, await folderOf(alice, 'inbox'));
  const thread = threads.find((one) => one.subject === 'お見積書の件') as WireThread;
  const { messages } = await threadOf(alice, thread.id);
  expect(messages[0].body?.text).toContain('お世話になっております');
  const [file] = messages[0].attachments;
  expect(file.filename).toBe('見積書-2026-11.csv');
  const download = await alice
    .get(`/api/emailAttachments:download?filterByTk=${file.id}`)
    .buffer(true)
    .parse((res, done) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => done(null, Buffer.concat(chunks)));
    });
  expect((download.body as Buffer).toString('utf8')).toBe('品名,数量,金額\n椅子,4,119600\n');
  expect(download.headers['content-disposition']).toMatch(/^attachment;/);
  expect(download.headers['x-content-type-options']).toBe('nosniff');
});

it('sends a reply with an attachment that arrives in the other mailbox by itself, in the same thread', async () => {
  const threads = await threadsIn(alice, await folderOf(alice, 'inbox'));
  const draft = (
    await alice.post('/api/emailDrafts:create', {
      accountId: mailbox.id,
      kind: 'new',
      to: [{ address: 'bob@contoso.test' }],
    })
  ).body.data;
  const saved = await alice.post(`/api/emailDrafts:save?filterByTk=${draft.id}`, {
    accountId: mailbox.id,
    revision: draft.revision,
    to: [{ name: 'Bob', address: 'bob@contoso.test' }],
    bcc: [{ address: 'mona@contoso.test' }],
    subject: 'Grüße aus dem Test',
    html: '<p>Hello <b>Bob</b><script>alert(1)</script></p>',
  });
  expect(saved.status).toBe(200);
  const upload = await alice.upload(
    `/api/emailDrafts:upload?filterByTk=${draft.id}`,
    Buffer.from('attached text'),
    'notiz.txt',
  );
  expect(upload.status).toBe(200);
  expect((await alice.post(`/api/emailDrafts:send?filterByTk=${draft.id}`)).body.data).toMatchObject({
    state: 'queued',
  });
  expect((await alice.post(`/api/emailDrafts:send?filterByTk=${draft.id}`)).body.errors[0].code).toBe(
    'EMAIL_DRAFT_SENT',
  );

  const inbox = await folderOf(bob, 'inbox');
  const arrived = await until(
    'the mail at the recipient',
    async () => (await threadsIn(bob, inbox)).find((thread) => thread.subject === 'Grüße aus dem Test'),
    40_000,
  );
  const [message] = (await threadOf(bob, arrived.id)).messages as [WireMessage];
  expect(message.body?.html).toContain('Hello <b>Bob</b>');
  expect(message.body?.html).not.toContain('script');
  expect(message.bcc).toEqual([]);
  expect([message.error, message.isComplete]).toEqual([null, true]);
  expect(message.attachments.map((file) => file.filename)).toEqual(['notiz.txt']);
  expect(threads.some((thread) => thread.id === arrived.id)).toBe(false);

  const [bobAccount] = (await bob.get('/api/emailAccounts:list')).body.data as WireAccount[];
  const reply = (
    await bob.post('/api/emailDrafts:create', { accountId: bobAccount.id, kind: 'reply', messageId: message.id })
  ).body.data;
  expect(reply).toMatchObject({ subject: 'Re: Grüße aus dem Test', to: [{ address: 'alice@contoso.test' }] });
  await bob.post(`/api/emailDrafts:send?filterByTk=${reply.id}`);
  const answered = await until(
    'the answer in the thread of the first mail',
    async () =>
      (await threadsIn(alice, await folderOf(alice, 'inbox'))).find(
        (thread) => thread.subject === 'Grüße aus dem Test' && thread.messageCount === 2,
      ),
    40_000,
  );
  const both = (await threadOf(alice, answered.id)).messages;
  expect(both.map((one) => one.from?.address)).toEqual(['alice@contoso.test', 'bob@contoso.test']);

  const accepted = await sandbox.control<{ from: string; raw: string }[]>('accepted');
  const wire = accepted.map((mail) => mail.raw);
  expect(wire).toHaveLength(2);
  expect(wire[0]).not.toMatch(/^bcc:/im);
  expect(/^In-Reply-To: (.*)$/m.exec(wire[1])?.[1]).toBe(/^Message-ID: (.*)$/im.exec(wire[0])?.[1]);
}, 120_000);

it('marks a conversation read here at once and on the server soon after', async () => {
  const inbox = await folderOf(alice, 'inbox');
  const unread = (await threadsIn(alice, inbox)).find((thread) => thread.isUnread) as WireThread;
  const before = (await folderOf(alice, 'inbox')).unreadCount;
  expect((await alice.post(`/api/emailThreads:mark?filterByTk=${unread.id}`, { isRead: true })).status).toBe(200);
  expect((await folderOf(alice, 'inbox')).unreadCount).toBeLessThan(before);
  expect((await alice.get('/api/emailAccounts:unread')).body.data.unreadCount).toBe(
    (await folderOf(alice, 'inbox')).unreadCount,
  );
  const isSeenThere = () =>
    inMailbox(sandbox, sandbox.addresses.users[0].upn, async (client) => {
      await client.mailboxOpen('INBOX', { readOnly: true });
      const mails = await client.fetchAll('1:*', { flags: true, envelope: true });
      const mine = mails.filter((mail) => (mail.envelope?.subject ?? '').endsWith(unread.subject));
      return mine.length > 0 && mine.every((mail) => mail.flags?.has('\\Seen'));
    });
  await until('the server to have heard of it', isSeenThere, 15_000);
  expect((await threadsIn(alice, inbox)).find((thread) => thread.id === unread.id)?.isUnread).toBe(false);
}, 30_000);

it('unread becomes what was received last, never what one wrote; and a folder that was marked read shows nothing unread', async () => {
  const inbox = await folderOf(alice, 'inbox');
  const ours = (await threadsIn(alice, inbox)).find((one) => one.subject === 'Grüße aus dem Test') as WireThread;
  const mark = (isRead: boolean) => alice.post(`/api/emailThreads:mark?filterByTk=${ours.id}`, { isRead });
  const unread = async () => [
    (await folderOf(alice, 'inbox')).unreadCount,
    (await folderOf(alice, 'sent')).unreadCount,
  ];
  await mark(true);
  const [before, sent] = await unread();
  await mark(false);
  expect(await unread()).toEqual([before + 1, sent]);
  const shown = async () => (await threadsIn(alice, inbox)).filter((thread) => thread.isUnread).map(({ id }) => id);
  expect(await shown()).toContain(ours.id);
  expect((await alice.post(`/api/emailFolders:markRead?filterByTk=${inbox.id}`)).status).toBe(200);
  expect(await shown()).toEqual([]);
  expect(await unread()).toEqual([0, sent]);
});

it('takes a mail back while its ten seconds run', async () => {
  const draft = (
    await alice.post('/api/emailDrafts:create', {
      accountId: mailbox.id,
      kind: 'new',
      to: [{ address: 'bob@contoso.test' }],
    })
  ).body.data;
  const row = (await alice.post(`/api/emailDrafts:send?filterByTk=${draft.id}`)).body.data;
  expect((await alice.post(`/api/emailOutbox:cancel?filterByTk=${row.id}`)).body.data.draftId).toBe(draft.id);
  const reopened = (await alice.get(`/api/emailDrafts:get?filterByTk=${draft.id}`)).body.data;
  expect(reopened.revision).toBeGreaterThan(draft.revision);
});

it('unlinks an account with everything that was copied from it', async () => {
  await bob.post('/api/emailAccounts:unlink', {
    accountId: ((await bob.get('/api/emailAccounts:list')).body.data as WireAccount[])[0].id,
  });
  expect((await bob.get('/api/emailAccounts:list')).body.data).toEqual([]);
  expect((await bob.get('/api/emailFolders:list')).body.data).toEqual([]);
  const [[{ tokens }]] = (await app.app.db.sequelize.query(
    `SELECT count(*) AS tokens FROM ${app.app.db.getCollection('emailTokens').quotedTableName()}`,
  )) as unknown as [[{ tokens: number }]];
  expect(Number(tokens)).toBe(1);
}, 30_000);
