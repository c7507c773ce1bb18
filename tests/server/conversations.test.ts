import type { WireAccount, WireFolder, WireMessage, WireThread, WireThreadDetail } from '../../src/shared/wire';
import { THREAD_BODIES } from '../../src/shared/limits';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { until } from '../support/until';
import { BOB, configureProvider, linkAccount, synced } from '../support/linked';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';

const LENGTH = 12;

let sandbox: TestSandbox;
let app: TestApp;
let bob: Caller;
let account: WireAccount;

const put = (folder: string, lines: readonly string[]) =>
  sandbox.control('put', { upn: BOB.upn, folder, raw: lines.join('\r\n') });
const folderOf = async (role: string) =>
  ((await bob.get('/api/emailFolders:list')).body.data as WireFolder[]).find((one) => one.role === role) as WireFolder;
const threadsIn = async (role: string) =>
  (await bob.get(`/api/emailThreads:list?folderId=${(await folderOf(role)).id}`)).body.data.threads as WireThread[];
const found = async (role: string, subject: string, messageCount: number) =>
  until(`“${subject}” in ${role}`, async () =>
    (await threadsIn(role)).find((one) => one.subject === subject && one.messageCount === messageCount),
  );
const detail = async (id: number) =>
  (await bob.get(`/api/emailThreads:get?filterByTk=${id}`)).body.data as WireThreadDetail;

beforeAll(async () => {
  sandbox = await startTestSandbox('node', 2);
  app = await createTestApp();
  await configureProvider(app, sandbox.addresses);
  bob = await app.user('bob');
  for (let at = 1; at <= LENGTH; at += 1) {
    await put('INBOX', [
      `From: Alice <alice@contoso.test>`,
      `To: bob@contoso.test`,
      `Subject: ${at === 1 ? '' : 'Re: '}The long one`,
      `Date: Mon, ${String(at).padStart(2, '0')} Jun 2026 10:00:00 +0000`,
      `Message-ID: <long-${at}@x>`,
      ...(at === 1 ? [] : [`In-Reply-To: <long-${at - 1}@x>`, `References: <long-1@x> <long-${at - 1}@x>`]),
      '',
      `This is number ${at}.`,
      '',
      'On Mon, 1 Jun 2026 at 9:00, Bob wrote:',
      '> and this is quoted',
    ]);
  }
  await put('Sent Items', [
    'From: Bob Beispiel <bob@contoso.test>',
    'To: Mona Muster <mona@contoso.test>, carol@x.test',
    'Subject: Sent from elsewhere',
    'Message-ID: <sent-1@x>',
    '',
    'Hello',
  ]);
  account = await linkAccount(app, bob, BOB);
  await synced(bob, account.id);
}, 120_000);

afterAll(async () => {
  await app?.destroy();
  await sandbox?.stop();
});

it('a long conversation brings the bodies of its newest messages, and each of the others when it is asked for', async () => {
  const thread = await found('inbox', 'The long one', LENGTH);
  const { messages } = await detail(thread.id);
  expect(messages.map((message) => message.subject).length).toBe(LENGTH);
  expect(messages.map((message) => message.body !== null)).toEqual(
    messages.map((_message, at) => at >= LENGTH - THREAD_BODIES),
  );
  expect(messages.at(-1)?.body?.text).toContain(`This is number ${LENGTH}.`);
  const older = (await bob.get(`/api/emailMessages:get?filterByTk=${messages[0].id}`)).body.data as WireMessage;
  expect(older).toEqual({
    ...messages[0],
    body: { text: expect.stringContaining('This is number 1.'), html: null, hasRemoteContent: false },
  });
}, 60_000);

it('the list shows the first own words, not the head of a quote', async () => {
  expect((await found('inbox', 'The long one', LENGTH)).snippet).toBe(`This is number ${LENGTH}.`);
}, 60_000);

it('a folder of sent mail names the recipients', async () => {
  const thread = await found('sent', 'Sent from elsewhere', 1);
  expect(thread.isOutgoing).toBe(true);
  expect(thread.people.map((one) => one.address)).toEqual(['mona@contoso.test', 'carol@x.test']);
  expect((await threadsIn('inbox')).every((one) => !one.isOutgoing)).toBe(true);
}, 60_000);

it('text and time in the list are of the same message: the newest in this folder', async () => {
  await put('Sent Items', [
    'From: Bob Beispiel <bob@contoso.test>',
    'To: Alice <alice@contoso.test>',
    'Subject: Re: The long one',
    'Message-ID: <long-answer@x>',
    `In-Reply-To: <long-${LENGTH}@x>`,
    '',
    'This is my answer',
  ]);
  await bob.post('/api/emailAccounts:sync', { accountId: account.id });
  const thread = await found('inbox', 'The long one', LENGTH + 1);
  expect(thread.snippet).toBe(`This is number ${LENGTH}.`);
  expect((await found('sent', 'The long one', LENGTH + 1)).snippet).toBe('This is my answer');
}, 60_000);

describe('a reply that was stored after the list was read', () => {
  const mail = (at: number, subject: string) => [
    'From: Alice <alice@contoso.test>',
    `Subject: ${subject}`,
    `Message-ID: <unseen-${subject.length}-${at}@x>`,
    ...(at === 1 ? [] : [`In-Reply-To: <unseen-${subject.length}-1@x>`]),
    '',
    `Part ${at}`,
  ];
  /** The conversation as the list showed it, and as it is by now. */
  const overtaken = async (subject: string): Promise<{ seen: WireThread; now: WireThread; folderId: number }> => {
    await put('INBOX', mail(1, subject));
    await bob.post('/api/emailAccounts:sync', { accountId: account.id });
    const seen = await found('inbox', subject, 1);
    await put('INBOX', mail(2, subject));
    await bob.post('/api/emailAccounts:sync', { accountId: account.id });
    const now = await found('inbox', subject, 2);
    return { seen, now, folderId: (await folderOf('inbox')).id };
  };

  it('is not archived with what was seen', async () => {
    const { seen, now, folderId } = await overtaken('Overtaken while archiving');
    expect(now.newestId).toBeGreaterThan(seen.newestId);
    const values = { ids: [seen.id], folderId, upTo: seen.newestId };
    const moved = await bob.post('/api/emailThreads:archive', values);
    expect(moved.body.data.messageIds).toEqual([seen.newestId]);
    const left = await found('inbox', 'Overtaken while archiving', 2);
    expect((await threadsIn('archive')).map(({ id }) => id)).toContain(left.id);
    await bob.post('/api/emailThreads:trash', { ids: [left.id], folderId, upTo: left.newestId });
    expect((await threadsIn('inbox')).map(({ id }) => id)).not.toContain(left.id);
  });

  it('is not read with it, starred, or erased', async () => {
    const { seen, now, folderId } = await overtaken('Overtaken while reading');
    const { id, newestId: upTo } = seen;
    await bob.post('/api/emailThreads:mark', { ids: [id], isRead: true, upTo });
    await bob.post('/api/emailThreads:star', { ids: [id], isStarred: true, upTo });
    const messages = (await detail(id)).messages.map(({ isUnread, isStarred }) => [!isUnread, isStarred]);
    expect(messages).toEqual([
      [true, true],
      [false, false],
    ]);
    await bob.post('/api/emailThreads:erase', { ids: [id], folderId, upTo });
    expect((await detail(id)).messages.map((one) => one.id)).toEqual([now.newestId]);
  });

  it('nor are older mails that have come into it since, with another conversation', async () => {
    const part = (name: string, answers: string | null) => [
      'From: Alice <alice@contoso.test>',
      `Subject: ${answers === '<q@x>' ? 'Apart' : 'Together'}`,
      `Message-ID: <${name}@x>`,
      ...(answers === null ? [] : [`In-Reply-To: ${answers}`]),
      '',
      `Part ${name}`,
    ];
    const store = async (lines: string[], subject: string, count: number): Promise<WireThread> => {
      await put('INBOX', lines);
      await bob.post('/api/emailAccounts:sync', { accountId: account.id });
      return found('inbox', subject, count);
    };
    await store(part('a1', null), 'Together', 1);
    const apart = await store(part('b1', '<q@x>'), 'Apart', 1);
    const seen = await store(part('a2', '<a1@x>'), 'Together', 2);
    const now = await store(part('q', '<a1@x>'), 'Together', 4);
    expect([now.id, apart.newestId < seen.newestId]).toEqual([seen.id, true]);
    const folderId = (await folderOf('inbox')).id;
    const values = { ids: [seen.id], folderId, upTo: seen.newestId, joinCount: seen.joinCount };
    for (const action of ['archive', 'trash', 'erase', 'mark', 'star']) {
      const answer = await bob.post(`/api/emailThreads:${action}`, values);
      expect([action, answer.status, answer.body.errors?.[0]?.code]).toEqual([action, 409, 'EMAIL_CONVERSATION_GREW']);
    }
    expect((await found('inbox', 'Together', 4)).isStarred).toBe(false);
    const { newestId: upTo, joinCount } = await detail(now.id).then((content) => ({ ...now, ...content }));
    expect([seen.joinCount, joinCount, now.joinCount]).toEqual([0, 1, 1]);
    const { body } = await bob.post('/api/emailThreads:archive', { ...values, upTo, joinCount });
    expect(body.data.messageIds).toHaveLength(4);
    const back = { ids: [apart.id], folderId: body.data.folderId, targetId: folderId, messageIds: [apart.newestId] };
    expect((await bob.post('/api/emailThreads:move', back)).body.data.messageIds).toEqual([apart.newestId]);
    const others = { ...values, ids: [seen.id, apart.id] };
    expect((await bob.post('/api/emailThreads:mark', others)).status).toBe(400);
  });

  it.each([['x'], [-1], [[1]], [{}]])('which is no message at all is refused (%j)', async (upTo) => {
    const { id, folderId } = (await threadsIn('inbox'))[0];
    for (const action of ['archive', 'mark', 'star', 'erase', 'trash']) {
      const answer = await bob.post(`/api/emailThreads:${action}`, { ids: [id], folderId, upTo });
      expect([action, answer.status, answer.body.errors?.[0]?.code]).toEqual([action, 400, 'EMAIL_INVALID_INPUT']);
    }
  });
});
