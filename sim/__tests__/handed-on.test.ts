import { MailError } from '../../src/server/errors/mail-error';
import type { UserId } from '../../src/server/mail/ids';
import type { ImapSession } from '../../src/server/providers/imap/session';
import { OneMailbox, PLAIN } from './one-mailbox';

const USER = 1 as UserId;
const BOTH = [[true], [false]] as const;

jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

async function begin(folders: Readonly<Record<string, number>>, more = {}): Promise<void> {
  mailbox = await OneMailbox.open({ ...PLAIN, ...more });
  for (const [path, count] of Object.entries(folders)) {
    mailbox.server.create(path);
    for (let left = count; left > 0; left -= 1) mailbox.server.deliver(path);
  }
  await mailbox.pass();
}

async function erase(path: string, uid: number): Promise<void> {
  await mailbox.changes.erase(USER, await mailbox.threadsOf(path, [uid]), await mailbox.folder(path));
}

/** One folder cannot be opened. */
function closed(path: string, code: 'EMAIL_FOLDER_BUSY' | 'EMAIL_MESSAGE_GONE' = 'EMAIL_FOLDER_BUSY'): ImapSession {
  const session = mailbox.session();
  const observe = session.observe.bind(session);
  session.observe = (seen, look) => {
    if (seen === path) throw new MailError(code);
    return observe(seen, look);
  };
  return session;
}

describe('what is wished in a folder whose UIDs begin anew', () => {
  it('waits while its mails cannot be read', async () => {
    await begin({ Work: 3 });
    await erase('Work', 1);
    await mailbox.changes.star(USER, await mailbox.threadsOf('Work', [2]), true);
    mailbox.server.resetUids('Work');
    const session = mailbox.session();
    const busy = (path: string): void => {
      if (path === 'Work') throw new MailError('EMAIL_FOLDER_BUSY');
    };
    const { heads, contents } = { heads: session.heads.bind(session), contents: session.contents.bind(session) };
    session.heads = (path, ids) => (busy(path), heads(path, ids));
    session.contents = (path, ids, manner) => (busy(path), contents(path, ids, manner));
    await mailbox.pass({ session });
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Work')).toEqual(['2:2:\\Flagged', '3:3:']);
  });

  it('waits for a mail that is not answered', async () => {
    await begin({ Work: 3 });
    await erase('Work', 1);
    mailbox.server.resetUids('Work');
    const session = mailbox.session();
    const contents = session.contents.bind(session);
    session.contents = async function* (path, ids, manner) {
      for await (const one of contents(path, ids, manner)) if (path !== 'Work' || !one.id.endsWith(':1')) yield one;
    };
    await mailbox.pass({ session });
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Work')).toEqual(['2:2:', '3:3:']);
  });

  it('waits where a restored backup is looked at before the server is told', async () => {
    await begin({ Work: 3 });
    await erase('Work', 1);
    const work = mailbox.server.need('Work');
    work.messages = work.messages.slice(0, 2);
    work.uidNext = 3;
    await mailbox.pass();
    await mailbox.onwards(3);
    expect(mailbox.thereIn('Work')).toEqual(['2:2:']);
  });

  it('waits where a restored backup is looked at before the server is told, for mails that are still there, too', async () => {
    await begin({ Work: 5 });
    const work = mailbox.server.need('Work');
    work.messages = work.messages.slice(0, 3);
    work.uidNext = 4;
    await mailbox.changes.star(USER, await mailbox.threadsOf('Work', [1]), true);
    await erase('Work', 2);
    await mailbox.pass();
    await mailbox.onwards(3);
    expect(mailbox.thereIn('Work')).toEqual(['1:1:\\Flagged', '3:3:']);
  });
});

describe.each(['is renamed', 'begins its UIDs anew'])('what is wished in a folder that %s', (how) => {
  /** @returns the name that it has then */
  const renew = (): string => {
    if (how === 'is renamed') mailbox.server.rename('Work', 'Work-2');
    else mailbox.server.resetUids('Work');
    return how === 'is renamed' ? 'Work-2' : 'Work';
  };

  it('reaches a mail without Message-ID', async () => {
    await begin({ Work: 0 });
    for (const content of [1, 2]) {
      const receivedAt = new Date(Date.UTC(2026, 1, content));
      mailbox.server.put('Work', { content: -content, receivedAt, size: 900 + content, flags: [] });
    }
    await mailbox.onwards(1);
    await erase('Work', 1);
    const path = renew();
    await mailbox.onwards(4);
    expect(mailbox.thereIn(path)).toEqual(['-2:2:']);
  });

  it('reaches both copies of a mail', async () => {
    await begin({ Work: 1 });
    mailbox.server.copy('Work', new Set([1]), 'Work');
    mailbox.server.deliver('Work');
    await mailbox.onwards(1);
    await erase('Work', 1);
    const path = renew();
    await mailbox.onwards(4);
    expect(mailbox.thereIn(path)).toEqual(['2:3:']);
  });
});

describe('what is wished in a folder that is renamed', () => {
  it.each(BOTH)('goes along under a name that there was (MAILBOXID: %s)', async (objectId) => {
    await begin({ Work: 1, Other: 3 }, { objectId });
    await erase('Other', 1);
    mailbox.server.folders.delete('Work');
    mailbox.server.rename('Other', 'Work');
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Work')).toEqual(['3:2:', '4:3:']);
    expect(await mailbox.uids('Work')).toEqual([2, 3]);
  });

  it.each(BOTH)('goes along when it gets its old name back (MAILBOXID: %s)', async (objectId) => {
    await begin({ Work: 3 }, { objectId });
    mailbox.server.rename('Work', 'Wrok');
    await mailbox.pass();
    await erase('Wrok', 1);
    mailbox.server.rename('Wrok', 'Work');
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Work')).toEqual(['2:2:', '3:3:']);
  });

  it('does not reach the copy in another folder that is renamed, too', async () => {
    await begin({ A: 1, B: 0 });
    mailbox.server.copy('A', new Set([1]), 'B');
    await mailbox.onwards(1);
    await erase('A', 1);
    mailbox.server.rename('A', 'A-2');
    mailbox.server.rename('B', 'B-2');
    await mailbox.onwards(4);
    expect([mailbox.thereIn('A-2'), mailbox.thereIn('B-2')]).toEqual([[], ['1:1:']]);
  });

  it('is in force before its mail is in sight again, however long another new folder is busy', async () => {
    await begin({ Work: 3 });
    await erase('Work', 1);
    mailbox.server.rename('Work', 'Work-2');
    mailbox.server.create('Shared');
    mailbox.server.deliver('Shared');
    await mailbox.pass({ session: closed('Shared') });
    const { id } = await mailbox.folder('Work-2');
    const shown = await mailbox.tables.placements.find({ shownFolderId: id });
    expect(shown.map(({ uid }) => uid).sort()).toEqual([2, 3]);
    await mailbox.onwards(1, () => closed('Shared'));
    expect(mailbox.thereIn('Work-2')).toEqual(['2:2:', '3:3:']);
  });

  it('does not come over what is wished since', async () => {
    await begin({ Work: 3 });
    const threads = await mailbox.threadsOf('Work', [1]);
    await mailbox.changes.star(USER, threads, true);
    mailbox.server.rename('Work', 'Work-2');
    await mailbox.pass();
    await mailbox.changes.star(USER, threads, false);
    await mailbox.changes.move(USER, threads, await mailbox.folder('Work-2'), await mailbox.folder('Archive'));
    await mailbox.onwards(4);
    expect([mailbox.thereIn('Work-2'), mailbox.thereIn('Archive')]).toEqual([['2:2:', '3:3:'], ['1:1:']]);
  });
});

it.each(['EMAIL_FOLDER_BUSY', 'EMAIL_MESSAGE_GONE'] as const)(
  'a deleted folder goes although something is wished in it and a new one can never be opened (%s)',
  async (code) => {
    await begin({ Work: 3 });
    await mailbox.changes.star(USER, await mailbox.threadsOf('Work', [1]), true);
    mailbox.server.folders.delete('Work');
    mailbox.server.create('Shared');
    mailbox.server.deliver('Shared');
    await mailbox.onwards(4, () => closed('Shared', code));
    expect(await mailbox.folder('Work')).toBeNull();
  },
);
