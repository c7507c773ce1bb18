import { MailError } from '../../src/server/errors/mail-error';
import type { UserId } from '../../src/server/mail/ids';
import type { ImapSession } from '../../src/server/providers/imap/session';
import { DatabaseMailboxStore } from '../../src/server/runtime/database-mailbox-store';
import { REBORN } from '../../src/server/runtime/parked-rows';
import { clearReborn } from '../../src/server/runtime/reborn-folder';
import { OneMailbox, PLAIN } from './one-mailbox';

const USER = 1 as UserId;
jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

/** A mail in the inbox and a copy of it in the archive. */
beforeEach(async () => {
  mailbox = await OneMailbox.open(PLAIN);
  for (let count = 0; count < 6; count += 1) mailbox.server.deliver('INBOX');
  mailbox.server.copy('INBOX', new Set([2]), 'Archive');
  await mailbox.pass();
});

function cutAtMove(session: ImapSession): ImapSession {
  const move = session.move.bind(session);
  session.move = async (...how) => {
    await move(...how);
    throw new MailError('EMAIL_CONNECTION_LOST');
  };
  return session;
}

it.each([false, true])(
  'erased while its move is not answered, when another copy has left the target (seen by us: %s), a mail does not come back',
  async (isSeen) => {
    const threads = await mailbox.threadsOf('INBOX', [2]);
    await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), await mailbox.folder('Archive'));
    mailbox.server.expunge('Archive', new Set([1]));
    if (isSeen) await mailbox.pass();
    await expect(mailbox.push(cutAtMove(mailbox.session()))).rejects.toThrow();
    await mailbox.changes.erase(USER, threads, await mailbox.folder('Archive'));
    await mailbox.onwards(4);
    expect([mailbox.thereIn('Archive'), await mailbox.uids('Archive')]).toEqual([[], []]);
  },
);

it('a copy that has left keeps nothing of what is wished of the other', async () => {
  await mailbox.changes.star(USER, await mailbox.threadsOf('INBOX', [2]), true);
  mailbox.server.expunge('INBOX', new Set([2]));
  await mailbox.pass();
  await mailbox.push();
  expect(mailbox.thereIn('Archive')).toEqual(['2:1:\\Flagged']);
});

describe.each([
  ['', {}],
  [', MAILBOXID', { objectId: true }],
  [', QRESYNC', { condstore: true, qresync: true }],
])('a copy of which nothing was wished stays (IMAP4rev1%s)', (_name, more) => {
  const open = async (...paths: readonly string[]): Promise<void> => {
    await mailbox.close();
    mailbox = await OneMailbox.open({ ...PLAIN, ...more });
    for (const path of paths) mailbox.server.create(path);
    for (let count = 0; count < 4; count += 1) mailbox.server.deliver('A');
  };
  const openWithCopy = async (...paths: readonly string[]): Promise<void> => {
    await open(...paths);
    mailbox.server.copy('A', new Set([1]), 'B');
    mailbox.server.deliver('B');
    await mailbox.pass();
  };
  const passWithoutC = (): Promise<unknown> => mailbox.pass({ session: busy(mailbox.session(), 'C') });
  /** A is made again, and the copy that lies in C is moved into it. */
  const turnUpInA = async (before = 0): Promise<void> => {
    mailbox.server.folders.delete('A');
    mailbox.server.create('A');
    for (let count = 0; count < before; count += 1) mailbox.server.deliver('A');
    mailbox.server.move('C', new Set([1]), 'A');
    await mailbox.onwards(4);
  };
  const eraseFirst = async (): Promise<void> =>
    mailbox.changes.erase(USER, await mailbox.threadsOf('A', [1]), await mailbox.folder('A')).then(() => undefined);
  const contents = (path: string): (string | undefined)[] => mailbox.thereIn(path).map((line) => line.split(':')[0]);

  it.each([
    [true, 1],
    [true, 2],
    [false, 0],
    [false, 1],
    [false, 2],
  ])(
    'also when both lay in the folder that is made again (same UIDVALIDITY: %s, %i before it)',
    async (isSame, before) => {
      await open('A', 'Z');
      await mailbox.pass();
      await eraseFirst();
      mailbox.server.copy('A', new Set([1]), 'A');
      await mailbox.pass();
      mailbox.server.move('A', new Set([5]), 'Z');
      if (isSame) mailbox.server.recreate('A');
      else {
        mailbox.server.folders.delete('A');
        mailbox.server.create('A');
      }
      for (let count = 0; count < before; count += 1) mailbox.server.deliver('A');
      mailbox.server.move('Z', new Set([1]), 'A');
      await mailbox.onwards(4);
      expect(contents('A')).toContain('1');
    },
  );

  it.each([0, 1])('also when it left its folder before the wish (%i before it)', async (before) => {
    await openWithCopy('A', 'B', 'C');
    mailbox.server.move('B', new Set([1]), 'C');
    await passWithoutC();
    await eraseFirst();
    await turnUpInA(before);
    expect(contents('A')).toContain('1');
  });

  it.each([
    ['when we have moved it, and its folder cannot be looked at', 'C'],
    ['when it was on its way to another folder when it was moved elsewhere', 'D'],
    ['when it was on its way to the folder of the wish when it was moved elsewhere', 'A'],
  ])('also %s', async (_when, target) => {
    await openWithCopy('A', 'B', 'C', 'D');
    const threads = await mailbox.threadsOf('B', [1]);
    await mailbox.changes.move(USER, threads, await mailbox.folder('B'), await mailbox.folder(target));
    if (target !== 'C') mailbox.server.move('B', new Set([1]), 'C');
    await mailbox.push(busy(mailbox.session(), 'C'));
    await passWithoutC();
    await eraseFirst();
    await turnUpInA();
    expect(contents('A')).toEqual(['1']);
  });

  it('also when something was wished in its folder, and that is gone', async () => {
    await openWithCopy('A', 'B', 'C');
    await mailbox.changes.markFolder(USER, await mailbox.folder('B'));
    mailbox.server.move('B', new Set([1]), 'C');
    mailbox.server.folders.delete('B');
    for (let count = 0; count < 3; count += 1) {
      mailbox.time += 40 * 60_000;
      await passWithoutC();
    }
    await eraseFirst();
    await turnUpInA();
    expect(contents('A')).toEqual(['1']);
  });

  it('also when something else is wished of it', async () => {
    await open('A');
    await mailbox.pass();
    await eraseFirst();
    mailbox.server.copy('A', new Set([1]), 'A');
    mailbox.server.deliver('A');
    await mailbox.pass();
    await mailbox.changes.star(USER, await mailbox.threadsOf('A', [5]), true);
    mailbox.server.expunge('A', new Set([1]));
    mailbox.server.resetUids('A');
    await mailbox.onwards(4);
    expect(contents('A')).toContain('1');
  });

  it('also when neither has a Message-ID', async () => {
    await open('A', 'B', 'C');
    const receivedAt = new Date(Date.UTC(2026, 1, 1));
    mailbox.server.put('A', { content: -9, receivedAt, size: 900, flags: [] });
    mailbox.server.copy('A', new Set([5]), 'B');
    mailbox.server.deliver('B');
    await mailbox.pass();
    mailbox.server.move('B', new Set([1]), 'C');
    await passWithoutC();
    await mailbox.changes.erase(USER, await mailbox.threadsOf('A', [5]), await mailbox.folder('A'));
    await turnUpInA();
    expect(contents('A')).toEqual(['-9']);
  });

  it('also when the folder made again was busy for hours', async () => {
    await openWithCopy('A', 'B');
    await eraseFirst();
    mailbox.server.folders.delete('A');
    mailbox.server.create('A');
    mailbox.server.deliver('A');
    mailbox.server.move('B', new Set([1]), 'A');
    for (let count = 0; count < 4; count += 1) {
      mailbox.time += 40 * 60_000;
      await mailbox.push(busy(mailbox.session(), 'A'));
      await mailbox.pass({ session: busy(mailbox.session(), 'A') });
    }
    await mailbox.onwards(4);
    expect(contents('A')).toContain('1');
  });
});

it('what was moved beside a wish, and erased when its folder had been made again, takes no copy that comes later', async () => {
  await mailbox.close();
  mailbox = await OneMailbox.open({ ...PLAIN, uidplus: false });
  const { server, changes } = mailbox;
  for (const path of ['T', 'Z']) server.create(path);
  for (let count = 0; count < 2; count += 1) server.deliver('INBOX');
  for (const path of ['T', 'Z']) server.copy('INBOX', new Set([1]), path);
  server.deliver('T');
  await mailbox.pass();
  const threads = await mailbox.threadsOf('INBOX', [1]);
  await changes.erase(USER, threads, await mailbox.folder('T'));
  await changes.move(USER, threads, await mailbox.folder('INBOX'), await mailbox.folder('T'));
  await mailbox.push(busy(mailbox.session(), 'T'));
  server.folders.delete('T');
  server.create('T');
  await mailbox.pass();
  await changes.erase(USER, threads, await mailbox.folder('T')).catch(() => undefined);
  server.move('Z', new Set([1]), 'T');
  await mailbox.onwards(4);
  expect(mailbox.thereIn('T').map((line) => line.split(':')[0])).toEqual(['1']);
});

it('of two copies that are both erased none comes back when the UIDs of their folder begin anew', async () => {
  const { server } = mailbox;
  server.copy('INBOX', new Set([3]), 'INBOX');
  await mailbox.pass();
  await mailbox.changes.erase(USER, await mailbox.threadsOf('INBOX', [3]), await mailbox.folder('INBOX'));
  server.resetUids('INBOX');
  await mailbox.onwards(4);
  expect(mailbox.thereIn('INBOX').filter((line) => line.startsWith('3:'))).toEqual([]);
});

it('a folder that was renamed has no copies of what it has', async () => {
  const { server, changes } = mailbox;
  server.create('Work');
  for (let count = 0; count < 3; count += 1) server.deliver('Work');
  await mailbox.pass();
  server.rename('Work', 'Done');
  await mailbox.onwards(4);
  await changes.erase(USER, await mailbox.threadsOf('Done', [3]), await mailbox.folder('Done'));
  server.resetUids('Done');
  await mailbox.onwards(4);
  expect(mailbox.thereIn('Done').map((line) => line.split(':')[0])).toEqual(['7', '8']);
});

it('a folder that is gone takes no wishes of conversations that it had a part of', async () => {
  const { server, tables } = mailbox;
  server.create('W');
  server.copy('INBOX', new Set([3]), 'W');
  server.deliver('W');
  await mailbox.pass();
  const answer = await mailbox.threadsOf('W', [2]);
  await mailbox.changes.star(USER, await mailbox.threadsOf('INBOX', [3]), true);
  server.folders.delete('W');
  for (let count = 0; count < 3; count += 1) await mailbox.pass();
  expect(await tables.folders.find({ isGone: true })).toEqual([]);
  await expect(new DatabaseMailboxStore(tables).thread(USER, answer[0], 5)).rejects.toThrow('EMAIL_NOT_FOUND');
});

it('what is wished while a folder is cleared is kept', async () => {
  const folder = await mailbox.folder('INBOX');
  const [row] = await mailbox.tables.placements.find({ folderId: folder.id, uid: 4 });
  let writes = 0;
  await clearReborn(mailbox.tables, folder, async (work) => {
    await mailbox.tables.placements.transaction((tx) => work(tx as never));
    if ((writes += 1) === 1)
      await mailbox.tables.placements.update({ pending: 'erase', hasIntent: true }, { id: row.id });
  });
  const left = await mailbox.tables.placements.find({ folderId: folder.id });
  expect(left.map(({ id, uidValidity }) => [id, uidValidity])).toEqual([[row.id, REBORN]]);
});

function busy(session: ImapSession, path: string): ImapSession {
  for (const name of ['observe', 'standing'] as const) {
    const work = (session[name] as (...how: unknown[]) => unknown).bind(session);
    Object.assign(session, {
      [name]: (seen: string, ...how: unknown[]) => {
        if (seen === path) throw new MailError('EMAIL_FOLDER_BUSY');
        return work(seen, ...how);
      },
    });
  }
  return session;
}
