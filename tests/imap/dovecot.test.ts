import type { WireAccount, WireFolder, WireThread, WireThreadDetail } from '../../src/shared/wire';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { inMailbox } from '../support/mailbox-client';
import { until } from '../support/until';
import { accountsOf, configureProvider, linkAccount, synced } from '../support/linked';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';

const ALICE = { upn: 'alice@contoso.test', password: 'alicepw' };
const deep = Array.from(
  { length: 1000 },
  (_, at) => `Content-Type: multipart/mixed; boundary="b${at}"\r\n\r\n--b${at}\r\n`,
).join('');
const attachment = Buffer.alloc(400_000, 'attachment ').toString('base64').replace(/.{76}/g, '$&\r\n');

/** The same through both doors: the face of Exchange without extensions, and Dovecot itself with all of them. */
describe.each(['the Exchange-like face', 'Dovecot itself'])('through %s', (door) => {
  let sandbox: TestSandbox;
  let app: TestApp;
  let alice: Caller;
  let account: WireAccount;

  beforeAll(async () => {
    sandbox = await startTestSandbox('dovecot', 12);
    app = await createTestApp();
    const port = door === 'Dovecot itself' ? { imapPort: sandbox.addresses.dovecotPort } : {};
    await configureProvider(app, sandbox.addresses, port);
    alice = await app.user('alice');
    account = await linkAccount(app, alice, ALICE);
    await synced(alice, account.id);
  }, 120_000);

  afterAll(async () => {
    await app?.destroy();
    await sandbox?.stop();
  }, 60_000);

  const folders = async () => (await alice.get('/api/emailFolders:list')).body.data as WireFolder[];
  const folder = async (path: string) => (await folders()).find((one) => one.path === path) as WireFolder;
  const threads = async (path: string) =>
    (await alice.get(`/api/emailThreads:list?folderId=${(await folder(path)).id}`)).body.data.threads as WireThread[];
  const detail = async (id: number) =>
    (await alice.get(`/api/emailThreads:get?filterByTk=${id}`)).body.data as WireThreadDetail;
  const put = (path: string, raw: string, more: object = {}) =>
    sandbox.control('put', { upn: ALICE.upn, folder: path, raw, ...more });
  const onServer = (path: string) =>
    inMailbox(sandbox, ALICE.upn, async (client) => {
      const { exists } = await client.mailboxOpen(path, { readOnly: true });
      const all = exists ? await client.fetchAll('1:*', { flags: true, envelope: true }) : [];
      return all.map(({ flags, envelope }) => ({
        flags: flags ?? new Set<string>(),
        subject: envelope?.subject ?? '',
      }));
    });
  const sync = () => alice.post('/api/emailAccounts:sync', { accountId: account.id });
  const find = (path: string, subject: string) =>
    until(
      `“${subject}” in ${path}`,
      async () => (await folder(path)) && (await threads(path)).find((one) => one.subject === subject),
    );

  it('knows the special folders', async () => {
    const roles = Object.fromEntries((await folders()).map(({ path, role }) => [path, role]));
    expect(roles).toMatchObject({
      INBOX: 'inbox',
      'Sent Items': 'sent',
      Drafts: 'drafts',
      'Deleted Items': 'trash',
      'Junk Email': 'junk',
      Archive: 'archive',
    });
  });

  it('a mail that arrives appears by IDLE, without a poll', async () => {
    const started = Date.now();
    await sandbox.control('deliver', {
      upn: ALICE.upn,
      raw: 'From: a@x.test\r\nSubject: by idle\r\nMessage-ID: <idle@x>\r\n\r\nx\r\n',
    });
    await find('INBOX', 'by idle');
    expect(Date.now() - started).toBeLessThan(8_000);
  });

  it('reads text that lies forty parts deep, and says that there is more', async () => {
    const open = Array.from(
      { length: 40 },
      (_, at) => `Content-Type: multipart/mixed; boundary="n${at}"\r\n\r\n--n${at}\r\n`,
    ).join('');
    const shut = Array.from({ length: 39 }, (_, at) => `--n${38 - at}--\r\n`).join('');
    const inner = `Content-Type: text/plain\r\n\r\nthe core\r\n--n39\r\nContent-Type: application/pdf; name="deep.pdf"\r\nContent-Disposition: attachment; filename="deep.pdf"\r\n\r\n%PDF\r\n--n39--\r\n`;
    await put(
      'INBOX',
      `From: a@x.test\r\nSubject: forty deep\r\nMessage-ID: <forty@x>\r\nMIME-Version: 1.0\r\n${open}${inner}${shut}`,
    );
    await sync();
    const { messages } = await detail((await find('INBOX', 'forty deep')).id);
    expect(messages[0].body?.text).toContain('the core');
    expect(messages[0].error?.code).toBe('EMAIL_MESSAGE_UNREADABLE');
  });

  it('keeps odd mail visible: no headers, broken charset, a thousand nested parts', async () => {
    await put('INBOX', 'just text, no header\r\n');
    await put(
      'INBOX',
      'From: a@x.test\r\nSubject: broken charset\r\nMessage-ID: <c@x>\r\nContent-Type: text/plain; charset=utf-99\r\n\r\nabc\xff\r\n',
    );
    await put(
      'INBOX',
      `From: a@x.test\r\nSubject: very deep\r\nMessage-ID: <deep@x>\r\n${deep}Content-Type: text/plain\r\n\r\nbottom\r\n`,
    );
    await put('INBOX', 'From: a@x.test\r\nSubject: after them\r\nMessage-ID: <after@x>\r\n\r\nx\r\n');
    await sync();
    await find('INBOX', 'after them');
    const charset = await detail((await find('INBOX', 'broken charset')).id);
    expect(charset.messages[0].body?.text).toContain('abc');
    const nested = await detail((await find('INBOX', 'very deep')).id);
    expect(nested.messages[0].error?.code).toBe('EMAIL_MESSAGE_UNREADABLE');
    await until('nothing left to read', async () =>
      (await accountsOf(alice)).find((one) => one.listedCount === one.readableCount),
    );
  }, 60_000);

  it('uses INTERNALDATE where Date is missing or absurd', async () => {
    const receivedAt = '2020-02-03T04:05:06.000Z';
    await put('Archive', 'From: a@x.test\r\nSubject: no date\r\nMessage-ID: <nodate@x>\r\n\r\nx\r\n', { receivedAt });
    await put(
      'Archive',
      'From: a@x.test\r\nSubject: bad date\r\nDate: Someday\r\nMessage-ID: <baddate@x>\r\n\r\nx\r\n',
      { receivedAt },
    );
    await sync();
    for (const subject of ['no date', 'bad date']) {
      const { messages } = await detail((await find('Archive', subject)).id);
      expect(new Date(messages[0].sentAt).toISOString()).toBe(receivedAt);
    }
  }, 60_000);

  it('reads the text of a large mail without its attachment, and streams that on demand, byte for byte', async () => {
    const latin = Buffer.from('Größe;1\r\n', 'latin1').toString('base64');
    await put(
      'INBOX',
      `From: a@x.test\r\nSubject: large\r\nMessage-ID: <large@x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe\r\n--B\r\nContent-Type: application/pdf; name="x.pdf"\r\nContent-Disposition: attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe_%E8%A6%8B.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${attachment}\r\n--B\r\nContent-Type: text/plain; charset=iso-8859-1; name=liste.csv\r\nContent-Disposition: attachment; filename=liste.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n${latin}\r\n--B--\r\n`,
    );
    await sync();
    const [message] = (await detail((await find('INBOX', 'large')).id)).messages;
    expect(message.body?.text?.trim()).toBe('Grüße');
    expect(message.attachments.map(({ filename }) => filename)).toEqual(['Größe_見.pdf', 'liste.csv']);
    const bytes = async (id: number) =>
      (
        await alice
          .get(`/api/emailAttachments:download?filterByTk=${id}`)
          .buffer(true)
          .parse((res, done) => {
            const chunks: Buffer[] = [];
            res.on('data', (chunk: Buffer) => chunks.push(chunk));
            res.on('end', () => done(null, Buffer.concat(chunks)));
          })
      ).body as Buffer;
    expect((await bytes(message.attachments[0].id)).equals(Buffer.alloc(400_000, 'attachment '))).toBe(true);
    expect((await bytes(message.attachments[1].id)).toString('latin1')).toBe('Größe;1\r\n');
  }, 60_000);

  it('reads a mail whose header is longer than what is read of small mails at once', async () => {
    const long = `References:${'\r\n <padding-padding-padding@x>'.repeat(8_000)}`;
    const raw = `From: a@x.test\r\nSubject: long header\r\nMessage-ID: <longheader@x>\r\n${long}\r\n\r\nBehind it.\r\n`;
    await put('INBOX', raw);
    await sync();
    const thread = await find('INBOX', 'long header');
    const [message] = (await detail(thread.id)).messages;
    expect([message.body?.text?.trim(), message.error]).toEqual(['Behind it.', null]);
  });

  it('opens no folder that holds only others, and reads folders with any name', async () => {
    await put(
      'Projekte/Käse & Brot/日本語',
      'From: a@x.test\r\nSubject: far down\r\nMessage-ID: <down@x>\r\n\r\nx\r\n',
    );
    await sync();
    await find('Projekte/Käse & Brot/日本語', 'far down');
  }, 60_000);

  it('what is done here happens on the server: star, move, trash, back again, erase, all read', async () => {
    for (const subject of ['to the archive', 'to the trash', 'for ever'])
      await put(
        'INBOX',
        `From: a@x.test\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replace(/ /g, '-')}@x>\r\n\r\nx\r\n`,
      );
    await sync();
    const ids = new Map<string, number>();
    for (const subject of ['to the archive', 'to the trash', 'for ever'])
      ids.set(subject, (await find('INBOX', subject)).id);
    const [inbox, trash] = [await folder('INBOX'), await folder('Deleted Items')];
    const act = async (action: string, subject: string, body: object): Promise<void> => {
      const answer = await alice.post(`/api/emailThreads:${action}`, { ids: [ids.get(subject)], ...body });
      expect([action, answer.status]).toEqual([action, 200]);
    };
    await act('star', 'to the archive', { isStarred: true });
    await act('archive', 'to the archive', { folderId: inbox.id });
    await act('trash', 'to the trash', { folderId: inbox.id });
    await act('trash', 'for ever', { folderId: inbox.id });
    // At once for the reader, before any server has heard of it.
    expect((await threads('INBOX')).filter(({ subject }) => ids.has(subject))).toEqual([]);
    await until('the server has moved them', async () => {
      const there = await onServer('Deleted Items');
      return (
        there.some(({ subject }) => subject === 'for ever') && there.some(({ subject }) => subject === 'to the trash')
      );
    });
    await act('move', 'to the trash', { folderId: trash.id, targetId: inbox.id });
    await act('erase', 'for ever', { folderId: trash.id });
    await alice.post(`/api/emailFolders:markRead?filterByTk=${inbox.id}`);
    await until('the server has the rest', async () => {
      const [inInbox, inTrash] = [await onServer('INBOX'), await onServer('Deleted Items')];
      return (
        inInbox.some(({ subject }) => subject === 'to the trash') &&
        inInbox.every(({ flags }) => flags.has('\\Seen')) &&
        !inTrash.some(({ subject }) => ids.has(subject))
      );
    });
    const [archived] = (await onServer('Archive')).filter(({ subject }) => subject === 'to the archive');
    expect([...archived.flags]).toContain('\\Flagged');
    await sync();
    expect((await threads('Archive')).find(({ subject }) => subject === 'to the archive')?.isStarred).toBe(true);
    expect((await threads('INBOX')).filter(({ subject }) => subject === 'to the trash')).toHaveLength(1);
    expect((await folder('INBOX')).unreadCount).toBe(0);
  }, 60_000);
});
