import { MailError } from '../../src/server/errors/mail-error';
import type { UserId } from '../../src/server/mail/ids';
import type { ImapSession } from '../../src/server/providers/imap/session';
import { OneMailbox, PLAIN } from './one-mailbox';

const USER = 1 as UserId;
jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

/** The server moves, and the line drops before it can say so; or it drops before the server has heard of it. */
function cutAtMove(session: ImapSession, isDone: boolean): ImapSession {
  const move = session.move.bind(session);
  session.move = async (...how) => {
    if (isDone) await move(...how);
    throw new MailError('EMAIL_CONNECTION_LOST');
  };
  return session;
}

describe.each([
  ['the server has moved it, UIDPLUS', true, true],
  ['the server has moved it, no UIDPLUS', true, false],
  ['the server has not moved it', false, true],
])('what is wished of a mail after the line dropped while it was moved (%s)', (_name, isDone, uidplus) => {
  let threads: readonly number[];
  const archived = '2:1:';
  beforeEach(async () => {
    mailbox = await OneMailbox.open({ ...PLAIN, uidplus });
    for (let count = 0; count < 3; count += 1) mailbox.server.deliver('INBOX');
    await mailbox.pass();
    threads = await mailbox.threadsOf('INBOX', [2]);
    await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), await mailbox.folder('Archive'));
    await expect(mailbox.push(cutAtMove(mailbox.session(), isDone))).rejects.toThrow();
  });

  it('nothing: it lies in its folder, once', async () => {
    await mailbox.onwards(3);
    expect([mailbox.thereIn('INBOX'), mailbox.thereIn('Archive')]).toEqual([['1:1:', '3:3:'], [archived]]);
    expect([await mailbox.uids('INBOX'), await mailbox.uids('Archive')]).toEqual([[1, 3], [1]]);
  });

  it('erased: it does not come back', async () => {
    await mailbox.changes.erase(USER, threads, await mailbox.folder('Archive'));
    await mailbox.onwards(4);
    expect([mailbox.thereIn('INBOX'), mailbox.thereIn('Archive')]).toEqual([['1:1:', '3:3:'], []]);
    expect(await mailbox.uids('Archive')).toEqual([]);
  });

  it('starred: it has its star', async () => {
    await mailbox.changes.star(USER, threads, true);
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Archive')).toEqual([`${archived}\\Flagged`]);
  });

  it('undone: it is back', async () => {
    await mailbox.changes.move(USER, threads, await mailbox.folder('Archive'), await mailbox.folder('INBOX'));
    await mailbox.onwards(4);
    const back = mailbox.thereIn('INBOX').map((one) => one.split(':')[0]);
    expect([back.sort(), mailbox.thereIn('Archive')]).toEqual([['1', '2', '3'], []]);
    expect(await mailbox.uids('INBOX')).toHaveLength(3);
  });

  it('moved elsewhere: it is there', async () => {
    mailbox.server.create('Other');
    await mailbox.pass({ session: onlyThese(['Other']) });
    await mailbox.changes.move(USER, threads, await mailbox.folder('Archive'), await mailbox.folder('Other'));
    await mailbox.onwards(4);
    expect([mailbox.thereIn('INBOX'), mailbox.thereIn('Archive'), mailbox.thereIn('Other')]).toEqual([
      ['1:1:', '3:3:'],
      [],
      [archived],
    ]);
  });

  it('erased, where its old folder is looked at before the server is told', async () => {
    await mailbox.changes.erase(USER, threads, await mailbox.folder('Archive'));
    mailbox.time += 40 * 60_000;
    await mailbox.pass();
    await mailbox.onwards(4);
    expect([mailbox.thereIn('INBOX'), mailbox.thereIn('Archive')]).toEqual([['1:1:', '3:3:'], []]);
  });

  it('starred, where its new folder is looked at before the server is told', async () => {
    await mailbox.pass({ session: onlyThese(['Archive']) });
    await mailbox.changes.star(USER, threads, true);
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Archive')).toEqual([`${archived}\\Flagged`]);
  });
});

/** All other folders are busy. */
function onlyThese(paths: readonly string[]): ImapSession {
  const session = mailbox.session();
  const observe = session.observe.bind(session);
  session.observe = (path, look) => {
    if (!paths.includes(path)) throw new MailError('EMAIL_FOLDER_BUSY');
    return observe(path, look);
  };
  return session;
}

describe('a move that is undone in the moment in which the server is told', () => {
  const failures: [string, MailError][] = (
    ['EMAIL_FOLDER_BUSY', 'EMAIL_MOVE_REFUSED', 'EMAIL_CONNECTION_LOST'] as const
  ).map((code) => [code, new MailError(code)]);

  /** Undone after it was asked what lies there; the server says no. */
  async function begin(failure: MailError): Promise<void> {
    mailbox = await OneMailbox.open(PLAIN);
    for (let count = 0; count < 2; count += 1) mailbox.server.deliver('INBOX');
    await mailbox.pass();
    const threads = await mailbox.threadsOf('INBOX', [1]);
    const [inbox, archive] = [await mailbox.folder('INBOX'), await mailbox.folder('Archive')];
    await mailbox.changes.move(USER, threads, inbox, archive);
    const session = mailbox.session();
    const standing = session.standing.bind(session);
    session.standing = async (...asked) => {
      const found = await standing(...asked);
      await mailbox.changes.move(USER, threads, archive, inbox);
      return found;
    };
    session.move = () => Promise.reject(failure);
    await mailbox.push(session).catch(() => undefined);
    await mailbox.onwards(2);
  }

  it.each(failures)('is over (%s)', async (_code, failure) => {
    await begin(failure);
    const [row] = await mailbox.tables.placements.find({ uid: 1 });
    expect([row.movingTo, row.pending, Boolean(row.hasIntent)]).toEqual([null, null, false]);
  });

  it.each(failures)('keeps nobody from moving it elsewhere later (%s)', async (_code, failure) => {
    await begin(failure);
    mailbox.server.move('INBOX', new Set([1]), 'Archive');
    await mailbox.onwards(3);
    expect([mailbox.thereIn('INBOX'), mailbox.thereIn('Archive')]).toEqual([['2:2:'], ['1:1:']]);
  });
});

it('a copy that came to where a mail was not moved after all is not erased instead of it', async () => {
  mailbox = await OneMailbox.open(PLAIN);
  mailbox.server.create('Other');
  for (let count = 0; count < 2; count += 1) mailbox.server.deliver('INBOX');
  await mailbox.pass();
  const threads = await mailbox.threadsOf('INBOX', [1]);
  const [archive, other] = [await mailbox.folder('Archive'), await mailbox.folder('Other')];
  await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), archive);
  await expect(mailbox.push(cutAtMove(mailbox.session(), false))).rejects.toThrow();
  await mailbox.changes.move(USER, threads, archive, other);
  await mailbox.changes.erase(USER, threads, other);
  mailbox.server.copy('INBOX', new Set([1]), 'Archive');
  await mailbox.pass();
  const session = mailbox.session();
  const erase = session.erase.bind(session);
  session.erase = async (...how) => {
    await erase(...how);
    throw new MailError('EMAIL_CONNECTION_LOST');
  };
  await expect(mailbox.push(session)).rejects.toThrow();
  await mailbox.onwards(3);
  expect([mailbox.thereIn('INBOX'), mailbox.thereIn('Archive')]).toEqual([['2:2:'], ['1:1:']]);
});
