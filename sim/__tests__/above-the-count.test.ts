import type { UserId } from '../../src/server/mail/ids';
import { LAST_UID, type FolderCursor } from '../../src/server/ports/session';
import { readCursor, writeCursor } from '../../src/server/providers/imap/folder-cursor';
import { ImapSession } from '../../src/server/providers/imap/session';
import { ScriptedClient } from '../scripted-client';
import { OneMailbox, PLAIN } from './one-mailbox';

const USER = 1 as UserId;
jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

/**
 * A connection on which something happens right after the inbox was opened for the first time.
 * @param more what SELECT says of the time after it
 */
function opened(then: () => void, more: { readonly uidNext?: boolean } = {}): ImapSession {
  const client = new ScriptedClient(mailbox.server);
  const open = client.mailboxOpen.bind(client);
  let hasHappened = false;
  client.mailboxOpen = async (path, how) => {
    const answer = await open(path, how);
    if (path === 'INBOX' && !hasHappened) {
      hasHappened = true;
      then();
      if (more.uidNext) Object.assign(answer, { uidNext: mailbox.server.need(path).uidNext });
    }
    return answer;
  };
  return new ImapSession(client.asClient());
}

describe.each([
  ['', {}],
  [', no UIDNEXT', { uidNext: false }],
  [', CONDSTORE', { condstore: true }],
  [', QRESYNC', { condstore: true, qresync: true }],
])(
  'a mail that we know and that no count of the server had yet does not outlast its leaving (IMAP4rev1%s)',
  (_name, more) => {
    beforeEach(async () => {
      mailbox = await OneMailbox.open({ ...PLAIN, ...more });
      mailbox.server.create('Trash');
      for (let count = 0; count < 5; count += 1) mailbox.server.deliver('INBOX');
      for (let count = 0; count < 3; count += 1) mailbox.server.deliver('Archive');
      await mailbox.pass();
    });

    const move = async (uids: readonly number[], target: string): Promise<void> => {
      const threads = await mailbox.threadsOf('INBOX', uids);
      await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), await mailbox.folder(target));
      await mailbox.push();
    };

    it('moved by us, and removed by another program before its folder was looked at', async () => {
      await move([2], 'Archive');
      mailbox.server.expunge('Archive', new Set([4]));
      await mailbox.pass();
      expect(await mailbox.uids('Archive')).toEqual([1, 2, 3]);
    });

    it('the same, with others that stay, came, and went', async () => {
      await move([1, 2, 3], 'Archive');
      const before = await mailbox.uids('Archive');
      expect(before).toEqual(expect.arrayContaining([4, 5]));
      mailbox.server.deliver('Archive');
      mailbox.server.expunge('Archive', new Set([2, 5]));
      await mailbox.pass();
      const there = mailbox.server.need('Archive').messages.map(({ uid }) => uid);
      expect(await mailbox.uids('Archive')).toEqual(there);
      expect((await mailbox.folder('Archive')).totalCount).toBe(there.length);
    });

    it('deleted by us, and the trash is emptied elsewhere', async () => {
      await move([1, 2, 3], 'Trash');
      mailbox.server.expunge('Trash', new Set(mailbox.server.need('Trash').messages.map(({ uid }) => uid)));
      await mailbox.pass();
      expect(await mailbox.uids('Trash')).toEqual([]);
      expect((await mailbox.folder('Trash')).totalCount).toBe(0);
    });

    it('came while its folder was being looked at, and is moved on by a rule', async () => {
      mailbox.server.deliver('INBOX');
      await mailbox.pass({ session: opened(() => void mailbox.server.deliver('INBOX')) });
      mailbox.server.move('INBOX', new Set([7]), 'Archive');
      await mailbox.pass();
      expect([await mailbox.uids('INBOX'), await mailbox.uids('Archive')]).toEqual([
        [1, 2, 3, 4, 5, 6],
        [1, 2, 3, 4],
      ]);
    });

    it('but one that the server does not show yet stays', async () => {
      await move([2], 'Archive');
      for (const { uid } of mailbox.server.need('Archive').messages) if (uid > 3) mailbox.hidden.add(uid);
      await mailbox.pass();
      const hidden = await mailbox.uids('Archive');
      mailbox.hidden.clear();
      await mailbox.onwards(1);
      expect([hidden, await mailbox.uids('Archive')]).toEqual([
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ]);
    });
  },
);

it.each([{}, { uidNext: false }, { condstore: true }])(
  'what came while everything is compared keeps its row (%j)',
  async (more) => {
    mailbox = await OneMailbox.open({ ...PLAIN, ...more });
    for (let count = 0; count < 5; count += 1) mailbox.server.deliver('INBOX');
    await mailbox.pass();
    mailbox.time += 25 * 60 * 60_000;
    mailbox.server.deliver('INBOX');
    await mailbox.pass({ session: opened(() => void mailbox.server.deliver('INBOX')) });
    const rowOf = async (uid: number): Promise<number | undefined> =>
      (await mailbox.tables.placements.first({ folderId: (await mailbox.folder('INBOX')).id, uid }))?.id;
    const row = await rowOf(7);
    await mailbox.pass();
    expect([await mailbox.uids('INBOX'), await rowOf(7)]).toEqual([[1, 2, 3, 4, 5, 6, 7], row ?? (await rowOf(7))]);
    expect(row).toBeDefined();
  },
);

it.each([{}, { condstore: true }])(
  'a comparison that begins once more loses nothing that came since (%j)',
  async (more) => {
    mailbox = await OneMailbox.open({ ...PLAIN, ...more });
    for (let count = 0; count < 12; count += 1) mailbox.server.deliver('INBOX');
    await mailbox.pass();
    const { id, cursor } = await mailbox.folder('INBOX');
    const mark = readCursor(cursor as FolderCursor);
    if (!mark) throw new Error('no cursor');
    const again = { left: 12, above: LAST_UID + 1, again: false };
    await mailbox.tables.folders.update({ cursor: writeCursor({ ...mark, sweep: again }) }, { id });
    for (let count = 0; count < 3; count += 1) mailbox.server.deliver('INBOX');
    await mailbox.pass({ budget: 6 });
    await mailbox.pass({ budget: 6 });
    expect(await mailbox.uids('INBOX')).toEqual(mailbox.server.need('INBOX').messages.map(({ uid }) => uid));
  },
);

describe('numbers of SELECT that do not fit what we know', () => {
  const move = async (uids: readonly number[]): Promise<void> => {
    const threads = await mailbox.threadsOf('INBOX', uids);
    await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), await mailbox.folder('Archive'));
    await mailbox.push();
  };
  const begin = async (inArchive: number, more: object = {}): Promise<void> => {
    mailbox = await OneMailbox.open({ ...PLAIN, ...more });
    for (let count = 0; count < 6; count += 1) mailbox.server.deliver('INBOX');
    for (let count = 0; count < inArchive; count += 1) mailbox.server.deliver('Archive');
    await mailbox.pass();
  };
  /** SELECT and FETCH answer as they would have before the newest mail of the archive came. */
  const lagging = (): ImapSession => {
    const client = new ScriptedClient(mailbox.server);
    const [open, fetch] = [client.mailboxOpen.bind(client), client.fetch.bind(client)];
    let top = Infinity;
    client.mailboxOpen = async (path, how) => {
      const answer = await open(path, how);
      const folder = mailbox.server.need(path);
      top = path === 'Archive' ? folder.uidNext - 1 : Infinity;
      const exists = folder.messages.filter(({ uid }) => uid < top).length;
      return Object.assign(answer, path === 'Archive' ? { exists, uidNext: top } : {});
    };
    client.fetch = async function* (...how) {
      for await (const one of fetch(...how)) if (one.uid < top) yield one;
    };
    return new ImapSession(client.asClient());
  };

  it.each([0, 40 * 60_000])(
    'a mail that we moved, in a folder that lags behind, keeps its row and its wish (%i)',
    async (later) => {
      await begin(3);
      await move([2]);
      const { id } = await mailbox.folder('Archive');
      const row = await mailbox.tables.placements.first({ folderId: id, uid: 4 });
      await mailbox.changes.erase(USER, await mailbox.threadsOf('Archive', [4]), await mailbox.folder('Archive'));
      mailbox.time += later;
      await mailbox.pass({ session: lagging() });
      const after = await mailbox.tables.placements.first({ folderId: id, uid: 4 });
      await mailbox.onwards(3);
      expect([after?.id, mailbox.thereIn('Archive').length, await mailbox.uids('Archive')]).toEqual([
        row?.id,
        3,
        [1, 2, 3],
      ]);
    },
  );

  it('two looks in quick succession do not make a folder that lags behind begin anew', async () => {
    await begin(3);
    await move([2]);
    const { id } = await mailbox.folder('Archive');
    const rows = async (): Promise<number[]> =>
      (await mailbox.tables.placements.find({ folderId: id }, { order: ['uid'] })).map((row) => row.id);
    const before = await rows();
    for (let looks = 0; looks < 3; looks += 1) await mailbox.pass({ session: lagging() });
    expect(await rows()).toEqual(before);
    mailbox.time += 60_000;
    await mailbox.pass();
    expect([await rows(), await mailbox.uids('Archive')]).toEqual([before, [1, 2, 3, 4]]);
  });

  it.each([{}, { condstore: true }, { condstore: true, qresync: true }])(
    'EXISTS of before, and UIDNEXT of after, a mail came: it stays, and the counts are right (%j)',
    async (more) => {
      await begin(0, more);
      mailbox.server.deliver('INBOX');
      const session = opened(() => void mailbox.server.deliver('INBOX'), { uidNext: true });
      await mailbox.pass({ session });
      const first = await mailbox.uids('INBOX');
      await mailbox.pass();
      mailbox.server.expunge('INBOX', new Set([3]));
      await mailbox.pass();
      expect([first, await mailbox.uids('INBOX')]).toEqual([
        [1, 2, 3, 4, 5, 6, 7, 8],
        [1, 2, 4, 5, 6, 7, 8],
      ]);
    },
  );

  it.each([{}, { condstore: true }])(
    'a mail that is shown a moment late, beside one that we moved in, is counted (%j)',
    async (more) => {
      await begin(6, more);
      await move([2]);
      mailbox.server.deliver('Archive');
      const client = new ScriptedClient(mailbox.server);
      const fetch = client.fetch.bind(client);
      let isHidden = true;
      client.fetch = async function* (...how) {
        const hides = isHidden && client.mailbox !== false && client.mailbox.path === 'Archive';
        for await (const one of fetch(...how)) if (!(hides && one.uid === 8)) yield one;
        if (hides) isHidden = false;
      };
      await mailbox.pass({ session: new ImapSession(client.asClient()) });
      for (let count = 0; count < 3; count += 1) await mailbox.pass();
      const { cursor } = await mailbox.folder('Archive');
      mailbox.server.expunge('Archive', new Set([3]));
      await mailbox.pass();
      expect([cursor, await mailbox.uids('Archive')]).toEqual([
        expect.stringContaining('"n":9,"c":8'),
        [1, 2, 4, 5, 6, 7, 8],
      ]);
    },
  );

  it('the server is asked seldom although hundreds have come besides', async () => {
    await begin(0);
    await move([2]);
    for (let count = 0; count < 400; count += 1) mailbox.server.deliver('Archive');
    mailbox.fetched = [];
    await mailbox.list();
    expect(mailbox.fetched.length).toBeLessThan(20);
  });
});

it('a server that always says UIDNEXT 1 is not asked for everything in each look', async () => {
  mailbox = await OneMailbox.open(PLAIN);
  for (let count = 0; count < 300; count += 1) mailbox.server.deliver('INBOX');
  let states = 0;
  const session = (): ImapSession => {
    const client = new ScriptedClient(mailbox.server);
    const open = client.mailboxOpen.bind(client);
    const fetch = client.fetch.bind(client);
    client.mailboxOpen = async (...how) => ({ ...(await open(...how)), uidNext: 1 });
    client.fetch = async function* (...how) {
      for await (const one of fetch(...how)) {
        states += 1;
        yield one;
      }
    };
    return new ImapSession(client.asClient());
  };
  await mailbox.pass({ session: session() });
  states = 0;
  for (let count = 0; count < 3; count += 1) await mailbox.pass({ session: session() });
  expect([states < 100, (await mailbox.uids('INBOX')).length]).toEqual([true, 300]);
});
