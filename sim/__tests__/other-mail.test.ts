import type { UserId } from '../../src/server/mail/ids';
import { ImapSession } from '../../src/server/providers/imap/session';
import { ScriptedClient } from '../scripted-client';
import { OneMailbox, PLAIN } from './one-mailbox';

const USER = 1 as UserId;
jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

let second = Date.UTC(2026, 1, 1);
/** A mail without Message-ID. */
function nameless(path: string, content: number): void {
  const receivedAt = new Date((second += 60_000));
  mailbox.server.put(path, { content: -content, receivedAt, size: 900 + content, flags: [] });
}

/** UID, subject and text of what is stored of a folder. */
async function storedOf(path: string): Promise<string[]> {
  const { tables } = mailbox;
  const rows = await tables.placements.find({ folderId: (await mailbox.folder(path)).id }, { order: ['uid'] });
  const stored = rows.map(async ({ uid, messageId }) => {
    const message = messageId === null ? null : await tables.messages.first({ id: messageId });
    return `${uid}:${message?.subject}:${message?.text?.trim()}`;
  });
  return Promise.all(stored);
}

describe.each([
  ['', {}],
  [', MAILBOXID', { objectId: true }],
  [', CONDSTORE', { condstore: true }],
  [', QRESYNC', { condstore: true, qresync: true }],
])('what is wished of a mail reaches no other one under its UID (IMAP4rev1%s)', (_name, more) => {
  const begin = async (paths: readonly string[], count: number): Promise<void> => {
    mailbox = await OneMailbox.open({ ...PLAIN, ...more });
    for (const path of paths) {
      mailbox.server.create(path, 7);
      for (let left = count; left > 0; left -= 1) mailbox.server.deliver(path);
    }
    await mailbox.pass();
  };

  it('in a folder that was renamed to its name, made in the same second', async () => {
    await begin(['A', 'B'], 2);
    await mailbox.changes.erase(USER, await mailbox.threadsOf('A', [1]), await mailbox.folder('A'));
    mailbox.server.folders.delete('A');
    mailbox.server.rename('B', 'A');
    await mailbox.onwards(4);
    expect(mailbox.thereIn('A')).toEqual(['3:1:', '4:2:']);
    expect(await storedOf('A')).toEqual(['1:mail 3:Hello from 3', '2:mail 4:Hello from 4']);
  });

  it('in a folder that was deleted and made again in the same second', async () => {
    await begin(['A'], 2);
    await mailbox.changes.move(
      USER,
      await mailbox.threadsOf('A', [1]),
      await mailbox.folder('A'),
      await mailbox.folder('Archive'),
    );
    mailbox.server.recreate('A');
    mailbox.server.deliver('A');
    await mailbox.onwards(4);
    expect([mailbox.thereIn('A'), mailbox.thereIn('Archive')]).toEqual([['3:1:'], []]);
  });

  it('after a restored backup that gives the UID again', async () => {
    await begin(['A'], 3);
    await mailbox.changes.erase(USER, await mailbox.threadsOf('A', [3]), await mailbox.folder('A'));
    await mailbox.changes.star(USER, await mailbox.threadsOf('A', [2]), true);
    const folder = mailbox.server.need('A');
    folder.messages = folder.messages.slice(0, 2);
    folder.uidNext = 3;
    mailbox.server.deliver('A');
    await mailbox.onwards(4);
    expect(mailbox.thereIn('A')).toEqual(['1:1:', '2:2:\\Flagged', '4:3:']);
    expect(await storedOf('A')).toContain('3:mail 4:Hello from 4');
  });
});

it.each([false, true])(
  'a folder made again, with a mail as large as the one before, has its own mails (something waits: %s)',
  async (waits) => {
    mailbox = await OneMailbox.open();
    mailbox.server.create('A', 7);
    const put = (content: number, size: number): void =>
      void mailbox.server.put('A', { content, receivedAt: new Date((second += 60_000)), size, flags: [] });
    for (const one of [1, 2, 3]) put(100 + one, 900 + one);
    await mailbox.pass();
    if (waits) await mailbox.changes.star(USER, await mailbox.threadsOf('A', [1]), true);
    mailbox.server.recreate('A');
    put(201, 1901);
    put(202, 902);
    await mailbox.onwards(3);
    expect(await storedOf('A')).toEqual(['1:mail 201:Hello from 201', '2:mail 202:Hello from 202']);
  },
);

it('a comparison is not begun anew with every wish that waits', async () => {
  mailbox = await OneMailbox.open();
  mailbox.server.create('Work');
  for (let count = 0; count < 60; count += 1) mailbox.server.deliver('Work');
  await mailbox.pass();
  await mailbox.changes.star(USER, await mailbox.threadsOf('Work', [2]), true);
  const work = mailbox.server.need('Work');
  work.messages[1] = { ...work.messages[1], content: 777, size: 4_777, receivedAt: new Date(Date.UTC(2026, 5, 1)) };
  const { id } = await mailbox.folder('Work');
  await mailbox.tables.folders.update({ scannedAt: null, cursor: null }, { id });
  const cutting = (): ImapSession => {
    let steps = 0;
    const client = new ScriptedClient(mailbox.server, () => {
      if ((steps += 1) > 45) throw new Error('cut');
    });
    return new ImapSession(client.asClient(), 5, 5);
  };
  for (let count = 0; count < 15; count += 1) {
    await mailbox.push(cutting()).catch(() => undefined);
    await mailbox.pass({ session: cutting() }).catch(() => undefined);
  }
  expect((await mailbox.folder('Work')).scannedAt).not.toBeNull();
});

describe('a mail without Message-ID under a UID that is given again is not the old one', () => {
  beforeEach(async () => {
    mailbox = await OneMailbox.open();
    mailbox.server.create('Work');
    nameless('Work', 1);
    nameless('Work', 2);
    await mailbox.pass();
  });

  it('after a restored backup', async () => {
    const work = mailbox.server.need('Work');
    work.messages = work.messages.slice(0, 1);
    work.uidNext = 2;
    nameless('Work', 7);
    await mailbox.onwards(3);
    expect((await storedOf('Work')).at(-1)).toBe('2:nameless 7:Hello from -7');
  });

  it('in a folder that was deleted and made again in the same second', async () => {
    mailbox.server.recreate('Work');
    nameless('Work', 8);
    await mailbox.onwards(3);
    expect(await storedOf('Work')).toEqual(['1:nameless 8:Hello from -8']);
  });
});

describe('a folder with UIDVALIDITY 0', () => {
  it('keeps its mails', async () => {
    mailbox = await OneMailbox.open();
    mailbox.server.create('Zero', 0);
    for (let left = 3; left > 0; left -= 1) mailbox.server.deliver('Zero');
    await mailbox.pass();
    mailbox.time += 2 * 60 * 60_000;
    await mailbox.pass();
    expect(await mailbox.uids('Zero')).toEqual([1, 2, 3]);
  });

  it('takes what is moved into it, with what is wished of it meanwhile', async () => {
    mailbox = await OneMailbox.open({ ...PLAIN, uidplus: false });
    mailbox.server.create('Zero', 0);
    mailbox.server.deliver('INBOX');
    for (let left = 10; left > 0; left -= 1) mailbox.server.deliver('Zero');
    await mailbox.pass();
    const threads = await mailbox.threadsOf('INBOX', [1]);
    await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), await mailbox.folder('Zero'));
    const session = mailbox.session();
    const move = session.move.bind(session);
    session.move = async (...how) => {
      const answer = await move(...how);
      await mailbox.changes.star(USER, threads, true);
      return answer;
    };
    await mailbox.push(session);
    await mailbox.onwards(2);
    expect(mailbox.thereIn('Zero').at(-1)).toBe('1:11:\\Flagged');
  });
});
