import { MailError } from '../../src/server/errors/mail-error';
import type { UserId } from '../../src/server/mail/ids';
import type { ImapSession } from '../../src/server/providers/imap/session';
import { DatabaseMessageStore } from '../../src/server/runtime/database-message-store';
import { clearReborn } from '../../src/server/runtime/reborn-folder';
import { OneMailbox, PLAIN } from './one-mailbox';

const USER = 1 as UserId;
jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

/** A mail that is to be erased in A, with a copy in B. */
async function begin(more: object): Promise<void> {
  mailbox = await OneMailbox.open({ ...PLAIN, ...more });
  for (const path of ['A', 'B']) mailbox.server.create(path);
  for (let count = 0; count < 2; count += 1) mailbox.server.deliver('A');
  mailbox.server.copy('A', new Set([1]), 'B');
  await mailbox.pass();
  await mailbox.changes.erase(USER, await mailbox.threadsOf('A', [1]), await mailbox.folder('A'));
}

const losing = <T extends keyof ImapSession>(session: ImapSession, ...names: readonly T[]): ImapSession => {
  for (const name of names) {
    const work = (session[name] as (...how: unknown[]) => unknown).bind(session);
    Object.assign(session, {
      [name]: async (...how: unknown[]) => {
        await work(...how);
        throw new MailError('EMAIL_CONNECTION_LOST');
      },
    });
  }
  return session;
};

describe.each([
  ['', {}],
  [', QRESYNC', { condstore: true, qresync: true }],
  [', MAILBOXID', { objectId: true }],
])('that there was a copy elsewhere is known until the folder is read (IMAP4rev1%s)', (_name, more) => {
  beforeEach(() => begin(more));

  /** Looks at everything and reads nothing, some times. */
  const stays = async (lists: number): Promise<void> => {
    const before = mailbox.thereIn('A');
    for (let count = 0; count < lists; count += 1) await mailbox.list();
    await mailbox.onwards(4);
    expect(mailbox.thereIn('A')).toEqual(before);
  };

  it.each([0, 1, 2])('also when its folder has taken that name (%i)', async (lists) => {
    mailbox.server.folders.delete('A');
    mailbox.server.rename('B', 'A');
    await stays(lists);
  });

  it.each([0, 1, 2])('also when it was moved there, and its folder is deleted (%i)', async (lists) => {
    mailbox.server.folders.delete('A');
    mailbox.server.create('A');
    mailbox.server.move('B', new Set([1]), 'A');
    mailbox.server.folders.delete('B');
    await stays(lists);
  });

  it.each([0, 1, 2])('also when it was moved there, and its folder is made again (%i)', async (lists) => {
    mailbox.server.folders.delete('A');
    mailbox.server.create('A');
    mailbox.server.move('B', new Set([1]), 'A');
    mailbox.server.folders.delete('B');
    mailbox.server.create('B');
    await stays(lists);
  });

  it.each([0, 1, 2])('also when it was moved there, and the UIDs of its folder begin anew (%i)', async (lists) => {
    mailbox.server.deliver('B');
    mailbox.server.folders.delete('A');
    mailbox.server.create('A');
    mailbox.server.move('B', new Set([1]), 'A');
    mailbox.server.resetUids('B');
    await stays(lists);
  });
});

it.each([false, true])(
  'a process that dies while a folder is born again hands nothing to a copy (%s)',
  async (dies) => {
    mailbox = await OneMailbox.open(PLAIN);
    mailbox.server.create('C');
    for (let count = 0; count < 3; count += 1) mailbox.server.deliver('INBOX');
    for (let count = 0; count < 5; count += 1) mailbox.server.deliver('Archive');
    mailbox.server.copy('INBOX', new Set([2]), 'C');
    await mailbox.pass();
    const threads = await mailbox.threadsOf('INBOX', [2]);
    await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), await mailbox.folder('Archive'));
    await expect(mailbox.push(losing(mailbox.session(), 'move'))).rejects.toThrow();
    await mailbox.changes.erase(USER, threads, await mailbox.folder('Archive'));
    mailbox.server.recreate('Archive');
    mailbox.server.move('C', new Set([1]), 'Archive');
    const before = mailbox.thereIn('Archive');
    const beginning = jest.spyOn(DatabaseMessageStore.prototype, 'begin');
    if (dies)
      beginning.mockImplementationOnce(async (folder) => {
        const { placements } = mailbox.tables;
        await clearReborn(mailbox.tables, folder, (work) => placements.transaction((tx) => work(tx as never)));
        throw new MailError('EMAIL_CONNECTION_LOST');
      });
    await mailbox.push().catch(() => undefined);
    expect(beginning).toHaveBeenCalled();
    beginning.mockRestore();
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Archive')).toEqual(before);
  },
);

it('what was on its way when it left is not counted where it was shown', async () => {
  mailbox = await OneMailbox.open(PLAIN);
  mailbox.server.create('T');
  for (let count = 0; count < 6; count += 1) mailbox.server.deliver('INBOX');
  mailbox.server.copy('INBOX', new Set([2]), 'Archive');
  await mailbox.pass();
  const threads = await mailbox.threadsOf('INBOX', [2]);
  await mailbox.changes.star(USER, threads, true);
  await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), await mailbox.folder('T'));
  mailbox.server.expunge('INBOX', new Set([2]));
  await mailbox.pass();
  expect([mailbox.thereIn('T'), (await mailbox.folder('T')).totalCount]).toEqual([[], 0]);
});

it.each([false, true])(
  'Undo leaves a copy alone that lay in the target before (told in between: %s)',
  async (isTold) => {
    mailbox = await OneMailbox.open(PLAIN);
    for (let count = 0; count < 3; count += 1) mailbox.server.deliver('INBOX');
    mailbox.server.copy('INBOX', new Set([2]), 'Archive');
    await mailbox.pass();
    const threads = await mailbox.threadsOf('INBOX', [2]);
    const [inbox, archive] = [await mailbox.folder('INBOX'), await mailbox.folder('Archive')];
    const { messages } = await mailbox.changes.move(USER, threads, inbox, archive);
    if (isTold) await mailbox.onwards(1);
    await mailbox.changes.move(USER, threads, archive, inbox, { messages });
    await mailbox.onwards(2);
    expect([mailbox.thereIn('INBOX').length, mailbox.thereIn('Archive').length]).toEqual([3, 1]);
  },
);
