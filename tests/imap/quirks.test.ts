import type { WireAccount, WireFolder, WireThread } from '../../src/shared/wire';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { accountsOf, ALICE, configureProvider, linkAccount, synced } from '../support/linked';
import { inMailbox } from '../support/mailbox-client';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';
import { until } from '../support/until';

const FACE = 'the Exchange-like face';

/** Quirks of Exchange (docs/spec/imap-quirks.md) with the real engine, through both doors where both can have them. */
describe.each([FACE, 'Dovecot itself'])('through %s', (door) => {
  let sandbox: TestSandbox;
  let app: TestApp;
  let alice: Caller;
  let account: WireAccount;

  beforeAll(async () => {
    sandbox = await startTestSandbox('dovecot', 40);
    app = await createTestApp();
    const port = door === FACE ? {} : { imapPort: sandbox.addresses.dovecotPort };
    await configureProvider(app, sandbox.addresses, port);
    alice = await app.user('alice');
    account = await linkAccount(app, alice, ALICE);
    await synced(alice, account.id);
  }, 120_000);

  afterEach(async () => {
    await sandbox.control('reset');
  });

  afterAll(async () => {
    await app?.destroy();
    await sandbox?.stop();
  }, 60_000);

  const folder = async (path: string): Promise<WireFolder> =>
    ((await alice.get('/api/emailFolders:list')).body.data as WireFolder[]).find(
      (one) => one.path === path,
    ) as WireFolder;
  const threads = async (path: string) =>
    (await alice.get(`/api/emailThreads:list?folderId=${(await folder(path)).id}`)).body.data.threads as WireThread[];
  const sync = () => alice.post('/api/emailAccounts:sync', { accountId: account.id });
  const mail = (subject: string): string =>
    `From: a@x.test\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replace(/ /g, '-')}@x>\r\n\r\nx\r\n`;
  const put = (path: string, subject: string) =>
    sandbox.control('put', { upn: ALICE.upn, folder: path, raw: mail(subject) });
  const find = (path: string, subject: string, limitMs = 30_000) =>
    until(`“${subject}” in ${path}`, async () => (await threads(path)).find((one) => one.subject === subject), limitMs);
  const mine = async (): Promise<WireAccount> =>
    (await accountsOf(alice)).find(({ id }) => id === account.id) as WireAccount;
  const isWell = () =>
    until('the account to be well', async () => {
      const { state, error } = await mine();
      return state === 'active' && error === null;
    });
  const connections = () => sandbox.control<{ now: number; most: number }>('connections', { upn: ALICE.upn });
  const looks = async (): Promise<string[]> => {
    const table = app.app.db.getCollection('emailSyncLog').quotedTableName();
    const [rows] = (await app.app.db.sequelize.query(
      `SELECT DISTINCT event FROM ${table} WHERE event LIKE 'looked-%' AND event <> 'looked-first'`,
    )) as unknown as [{ event: string }[]];
    return rows.map(({ event }) => event);
  };

  it('Q1: flags and deletions of other programs are seen, with CONDSTORE and without', async () => {
    await put('Archive', 'to be starred elsewhere');
    await put('Archive', 'to be read elsewhere');
    await put('Archive', 'to be deleted elsewhere');
    await sync();
    await find('Archive', 'to be deleted elsewhere');
    await inMailbox(sandbox, ALICE.upn, async (client) => {
      await client.mailboxOpen('Archive');
      const uidOf = async (subject: string) =>
        String(((await client.search({ subject }, { uid: true })) as number[])[0]);
      await client.messageFlagsAdd(await uidOf('to be starred elsewhere'), ['\\Flagged', '\\Seen'], { uid: true });
      await client.messageFlagsAdd(await uidOf('to be read elsewhere'), ['\\Seen'], { uid: true });
      await client.messageDelete(await uidOf('to be deleted elsewhere'), { uid: true });
    });
    await until('the changes', async () => {
      await sync();
      const there = new Map((await threads('Archive')).map((one) => [one.subject, one]));
      return (
        there.get('to be starred elsewhere')?.isStarred === true &&
        there.get('to be read elsewhere')?.isUnread === false &&
        !there.has('to be deleted elsewhere')
      );
    });
    expect(await looks()).toEqual([door === FACE ? 'looked-plain' : 'looked-qresync']);
  }, 60_000);

  // What follows needs the faults of the face.
  if (door !== FACE) return;

  it('Q3: one “authenticated but not connected” in a moment of load does not stop the mailbox for half an hour', async () => {
    await sandbox.control('fault', {
      where: 'imap',
      match: { stage: 'list', user: ALICE.upn },
      answer: 'TAG BAD User is authenticated but not connected.',
      times: 1,
    });
    await put('INBOX', 'after the load');
    await sync();
    await find('INBOX', 'after the load', 15_000);
    await isWell();
  }, 60_000);

  it('Q5: messages that are gone while they are fetched stop nothing', async () => {
    await sandbox.control('fault', {
      where: 'imap',
      match: { stage: 'fetch', user: ALICE.upn },
      answer: 'TAG NO Some of the requested messages no longer exist.',
      times: 2,
    });
    await put('INBOX', 'behind the gone');
    await find('INBOX', 'behind the gone');
    await until('its text', async () => {
      const { id } = await find('INBOX', 'behind the gone');
      return (await alice.get(`/api/emailThreads:get?filterByTk=${id}`)).body.data.messages[0].body?.text?.includes(
        'x',
      );
    });
    await isWell();
  }, 60_000);

  it.each(['* BYE Session invalidated - AccessTokenExpired\r\n', '* BYE Connection is closed. 13\r\n', ''])(
    'Q7: after %j the mailbox is open again by itself, and what came meanwhile is there',
    async (text) => {
      await until('a connection', async () => (await connections()).now > 0);
      await sandbox.control('drop', { text });
      const subject = `after the end ${text.length}`;
      await put('INBOX', subject);
      await find('INBOX', subject, 15_000);
      await isWell();
    },
    60_000,
  );

  it('Q4: while a pause lasts no connection is held', async () => {
    await sandbox.control('fault', {
      where: 'imap',
      match: { stage: 'fetch', user: ALICE.upn },
      answer: 'TAG BAD Request is throttled. Suggested Backoff Time: 4000 milliseconds',
      times: 1,
    });
    const startedAt = Date.now();
    await put('INBOX', 'after the pause');
    await sync();
    await until('the pause', async () => (await mine()).error?.code === 'EMAIL_THROTTLED');
    await until('no connection', async () => (await connections()).now === 0, 3_000);
    await find('INBOX', 'after the pause');
    expect(Date.now() - startedAt).toBeGreaterThan(3_500);
    await isWell();
  }, 60_000);

  it('Q17: never more than three connections to one mailbox, whoever reads', async () => {
    const file = Buffer.alloc(300_000, 'attachment ').toString('base64').replace(/.{76}/g, '$&\r\n');
    const raw = `From: a@x.test\r\nSubject: with a file\r\nMessage-ID: <file@x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B\r\nContent-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${file}\r\n--B--\r\n`;
    await sandbox.control('put', { upn: ALICE.upn, folder: 'INBOX', raw });
    await sync();
    const { id } = await find('INBOX', 'with a file');
    const attachment = await until(
      'its file',
      async () => (await alice.get(`/api/emailThreads:get?filterByTk=${id}`)).body.data.messages[0].attachments[0],
    );
    const reading = Array.from({ length: 8 }, () =>
      alice.get(`/api/emailAttachments:download?filterByTk=${attachment.id}`).buffer(true),
    );
    // Most of a folder disappears at once: the engine looks a second time, on a fresh connection.
    await inMailbox(sandbox, ALICE.upn, async (client) => {
      await client.mailboxOpen('INBOX');
      const all = await client.fetchAll('1:*', { uid: true, envelope: true });
      const others = all.filter(({ envelope }) => envelope?.subject !== 'with a file').map(({ uid }) => uid);
      expect(others.length).toBeGreaterThan(20);
      await client.messageDelete(others.join(), { uid: true });
    });
    await sync();
    expect((await Promise.all(reading)).map(({ status }) => status)).toEqual(reading.map(() => 200));
    await until('the folder to be almost empty', async () => (await folder('INBOX')).totalCount === 1);
    const { most } = await connections();
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
  }, 90_000);
});
