import type { ImapFlow } from 'imapflow';
import type { WireAccount, WireFolder, WireThread } from '../../src/shared/wire';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { ALICE, configureProvider, linkAccount, synced } from '../support/linked';
import { inMailbox } from '../support/mailbox-client';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';
import { until } from '../support/until';

const FACE = 'the Exchange-like face';

/** A mail at its place, as we keep it. */
interface Row {
  readonly path: string;
  readonly isGone: number;
  readonly folderId: number;
  readonly uid: number;
  readonly messageId: number;
  readonly threadId: number;
  readonly subject: string;
}

/**
 * What another program does to folders that have others below them. Neither Dovecot 2.3 nor Exchange has MAILBOXID (RFC 8474): a renamed folder is known
 * by its mails. With MAILBOXID: sim/__tests__/renamed-parents.test.ts.
 */
describe.each([FACE, 'Dovecot itself'])('through %s', (door) => {
  let sandbox: TestSandbox;
  let app: TestApp;
  let alice: Caller;
  let account: WireAccount;

  beforeAll(async () => {
    sandbox = await startTestSandbox('dovecot', 6);
    app = await createTestApp();
    const port = door === FACE ? {} : { imapPort: sandbox.addresses.dovecotPort };
    await configureProvider(app, sandbox.addresses, port);
    alice = await app.user('alice');
    account = await linkAccount(app, alice, ALICE);
    await synced(alice, account.id);
  }, 120_000);

  afterAll(async () => {
    await app?.destroy();
    await sandbox?.stop();
  }, 60_000);

  const elsewhere = <T>(work: (client: ImapFlow) => Promise<T>): Promise<T> => inMailbox(sandbox, ALICE.upn, work);
  const put = (folder: string, subject: string, repliesTo?: string) => {
    const id = (of: string): string => `<${of.replace(/ /g, '-')}@x>`;
    const reply = repliesTo ? `In-Reply-To: ${id(repliesTo)}\r\n` : '';
    const raw = `From: a@x.test\r\nSubject: ${subject}\r\nMessage-ID: ${id(subject)}\r\n${reply}\r\n${subject}\r\n`;
    return sandbox.control('put', { upn: ALICE.upn, folder, raw });
  };
  const query = async <T>(sql: string): Promise<T[]> => (await app.app.db.sequelize.query(sql))[0] as T[];
  const table = (name: string): string => app.app.db.getCollection(name).quotedTableName();
  /** Every mail below a path, also in folders that are kept out of sight. */
  const rowsBelow = (path: string): Promise<Row[]> =>
    query<Row>(
      `SELECT f.path, f.isGone, p.folderId, p.uid, p.messageId, p.threadId, m.subject FROM ${table('emailPlacements')} p
       JOIN ${table('emailFolders')} f ON f.id = p.folderId LEFT JOIN ${table('emailMessages')} m ON m.id = p.messageId
       WHERE f.path LIKE '${path}%' ORDER BY m.subject, f.path`,
    );
  const placesOf = (rows: readonly Row[]): string[] =>
    rows.map(({ path, uid, subject }) => `${path} ${uid} ${subject}`);
  const ours = async (path: string): Promise<string[]> => placesOf(await rowsBelow(path)).sort();
  const theirs = (path: string): Promise<string[]> =>
    elsewhere(async (client) => {
      const places: string[] = [];
      for (const one of await client.list()) {
        if (!one.path.startsWith(path)) continue;
        // A name alone. Dovecot lists such a one without \\Noselect, too, and does not open it.
        const exists = await client.mailboxOpen(one.path, { readOnly: true }).then(
          (mailbox) => mailbox.exists,
          () => 0,
        );
        const all = exists ? await client.fetchAll('1:*', { uid: true, envelope: true }) : [];
        places.push(...all.map(({ uid, envelope }) => `${one.path} ${uid} ${envelope?.subject}`));
      }
      return places.sort();
    });
  const sync = () => alice.post('/api/emailAccounts:sync', { accountId: account.id });
  const folders = async (below: string): Promise<WireFolder[]> =>
    ((await alice.get('/api/emailFolders:list')).body.data as WireFolder[]).filter(({ path }) =>
      path.startsWith(below),
    );
  const shown = async (path: string): Promise<string[]> => {
    const [{ id }] = (await folders(path)).filter((one) => one.path === path);
    const { threads } = (await alice.get(`/api/emailThreads:list?folderId=${id}`)).body.data as {
      threads: WireThread[];
    };
    return threads.map(({ subject }) => subject).sort();
  };
  /** Passes until both sides are the same; says where they are not when that takes too long. */
  const settle = async (path: string): Promise<void> => {
    const isSame = async (): Promise<boolean> => {
      await sync();
      return (await ours(path)).join('\n') === (await theirs(path)).join('\n');
    };
    await until('both sides to be the same', isSame).catch(() => undefined);
    expect(await ours(path)).toEqual(await theirs(path));
  };
  const count = async (name: string): Promise<number> =>
    Number((await query<{ n: number }>(`SELECT count(*) AS n FROM ${table(name)}`))[0].n);
  const counts = () => Promise.all(['emailMessages', 'emailThreads', 'emailPlacements'].map(count));
  const identities = (rows: readonly Row[]) =>
    rows.map(({ subject, messageId, threadId, uid }) => ({ subject, messageId, threadId, uid }));

  it('a parent is renamed: its folders and their mails keep their conversations, and nothing is there twice', async () => {
    const names = ['', '/Käse & Brot', '/日本語', '/日本語/ganz unten'];
    for (const [at, name] of names.entries()) {
      await put(`Projekte${name}`, `first ${at}`);
      await put(`Projekte${name}`, `reply ${at}`, `first ${at}`);
      // One conversation that lies in all of them.
      await put(`Projekte${name}`, `over all ${at}`, 'first 0');
    }
    await settle('Projekte');
    const [before, counted] = [await rowsBelow('Projekte'), await counts()];
    const list = await shown('Projekte/日本語');
    expect(list).toHaveLength(2);
    expect(new Set(before.map(({ threadId }) => threadId)).size).toBe(4);
    await elsewhere((client) => client.mailboxRename('Projekte', 'Vorhaben für später'));
    await settle('Vorhaben');
    await settle('Projekte');
    const after = await rowsBelow('Vorhaben');
    expect(identities(after)).toEqual(identities(before));
    expect(after.map(({ isGone }) => Boolean(isGone))).toEqual(after.map(() => false));
    expect(await counts()).toEqual(counted);
    expect((await folders('Projekte')).map(({ path }) => path)).toEqual([]);
    const paths = (await folders('Vorhaben')).map(({ path }) => path);
    expect(paths.sort()).toEqual(names.map((name) => `Vorhaben für später${name}`).sort());
    expect(await shown('Vorhaben für später/日本語')).toEqual(list);
  }, 120_000);

  it('a parent is renamed and renamed back between two looks: nothing has happened', async () => {
    await put('Hin/und her', 'to and fro');
    await settle('Hin');
    const [before, counted] = [await rowsBelow('Hin'), await counts()];
    await elsewhere(async (client) => {
      await client.mailboxRename('Hin', 'Her');
      await client.mailboxRename('Her', 'Hin');
    });
    await settle('Hin');
    expect(await rowsBelow('Hin')).toEqual(before);
    expect(await counts()).toEqual(counted);
  }, 120_000);

  it('a parent is deleted and its folders stay: its mails are gone, theirs are as they were', async () => {
    await put('Ordner', 'in the parent');
    await put('Ordner/Kind ü', 'in the child');
    await put('Ordner/Kind ü/Enkel', 'in the grandchild');
    await settle('Ordner');
    const before = await rowsBelow('Ordner/');
    await elsewhere((client) => client.mailboxDelete('Ordner'));
    await settle('Ordner');
    expect(await rowsBelow('Ordner/')).toEqual(before);
    expect((await ours('Ordner')).filter((one) => one.includes('in the parent'))).toEqual([]);
    expect(await shown('Ordner/Kind ü')).toEqual(['in the child']);
    // Where the name stays in the list it opens nothing.
    expect((await folders('Ordner')).filter(({ path, isSelectable }) => path === 'Ordner' && isSelectable)).toEqual([]);
    // And when it is made again it is an empty folder, or has what came into it since.
    await elsewhere((client) => client.mailboxCreate('Ordner'));
    await put('Ordner', 'in the new parent');
    await settle('Ordner');
    expect(await shown('Ordner')).toEqual(['in the new parent']);
  }, 120_000);

  it('a folder is deleted and made again with other mail in the same second: we have what the server has', async () => {
    for (const at of [1, 2, 3]) await put('Wieder', `old ${at}`);
    await settle('Wieder');
    const old = (await rowsBelow('Wieder')).map(({ messageId }) => messageId);
    await elsewhere(async (client) => {
      await client.mailboxDelete('Wieder');
      await client.mailboxCreate('Wieder');
      for (const at of [1, 2, 3]) {
        const raw = `From: b@x.test\r\nSubject: new ${at}\r\nMessage-ID: <new-${at}@x>\r\n\r\nnew ${at}\r\n`;
        await client.append('Wieder', raw, []);
      }
    });
    await settle('Wieder');
    const now = await rowsBelow('Wieder');
    expect(now.map(({ subject }) => subject)).toEqual(['new 1', 'new 2', 'new 3']);
    expect(now.filter(({ messageId }) => old.includes(messageId))).toEqual([]);
    expect(await shown('Wieder')).toEqual(['new 1', 'new 2', 'new 3']);
  }, 120_000);
});
