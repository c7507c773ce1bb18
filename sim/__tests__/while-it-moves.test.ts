import { MailError } from '../../src/server/errors/mail-error';
import type { UserId } from '../../src/server/mail/ids';
import { ImapSession } from '../../src/server/providers/imap/session';
import { ScriptedClient } from '../scripted-client';
import type { ServerFeatures } from '../scripted-server';
import { OneMailbox, PLAIN, whileMoving } from './one-mailbox';

// What somebody wishes of a mail while the server is moving it.

const USER = 1 as UserId;
jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

const moving = (then: () => Promise<unknown>): ImapSession => whileMoving(mailbox.session(), then);

describe.each([true, false])('with another copy in the target: %s', (hasCopy) => {
  it.each([
    ['in flight, no UIDPLUS', { uidplus: false }],
    ['its answer lost', {}],
  ] as const)('a move that is taken back is taken back (%s)', async (how, more) => {
    mailbox = await OneMailbox.open({ ...PLAIN, ...more });
    const { server, changes } = mailbox;
    for (let count = 0; count < 4; count += 1) server.deliver('INBOX');
    if (hasCopy) server.copy('INBOX', new Set([2]), 'Archive');
    server.deliver('Archive');
    await mailbox.pass();
    const threads = await mailbox.threadsOf('INBOX', [2]);
    const [inbox, archive] = [await mailbox.folder('INBOX'), await mailbox.folder('Archive')];
    const { messages } = await changes.move(USER, threads, inbox, archive);
    const undo = async (): Promise<void> => {
      await changes.move(USER, threads, archive, inbox, { messages });
      if (how === 'its answer lost') throw new MailError('EMAIL_CONNECTION_LOST');
    };
    await mailbox.push(moving(undo)).catch(() => undefined);
    await mailbox.onwards(3);
    const there = (path: string): number => mailbox.thereIn(path).filter((line) => line.startsWith('2:')).length;
    expect({ inbox: there('INBOX'), archive: there('Archive') }).toEqual({ inbox: 1, archive: hasCopy ? 1 : 0 });
  });
});

it('a mail without Message-ID that is moved on, which is taken back, is there once', async () => {
  mailbox = await OneMailbox.open({ ...PLAIN, uidplus: false });
  const { server, changes } = mailbox;
  server.put('INBOX', { content: -9, receivedAt: new Date(Date.UTC(2026, 1, 1)), size: 900, flags: [] });
  server.deliver('INBOX');
  await mailbox.pass();
  const threads = await mailbox.threadsOf('INBOX', [1]);
  const [inbox, archive] = [await mailbox.folder('INBOX'), await mailbox.folder('Archive')];
  await changes.move(USER, threads, inbox, archive);
  const session = moving(() => changes.move(USER, threads, archive, inbox));
  const observe = session.observe.bind(session);
  let isMovedOn = true;
  session.observe = async (...how) => {
    if (isMovedOn) await changes.move(USER, threads, inbox, archive);
    isMovedOn = false;
    return observe(...how);
  };
  await mailbox.push(session);
  await mailbox.pass();
  expect([mailbox.thereIn('Archive').length, await mailbox.uids('Archive')]).toEqual([1, [1]]);
});

/** Folder T with mails 1 to 4, and 5 in the inbox, which is on its way to T. */
async function restored(more: Partial<ServerFeatures> = {}): Promise<readonly number[]> {
  mailbox = await OneMailbox.open({ ...PLAIN, ...more });
  const { server, changes } = mailbox;
  server.create('T');
  for (let count = 0; count < 4; count += 1) server.deliver('T');
  server.deliver('INBOX');
  await mailbox.pass();
  const threads = await mailbox.threadsOf('INBOX', [1]);
  await changes.move(USER, threads, await mailbox.folder('INBOX'), await mailbox.folder('T'));
  return threads;
}

describe('the target is made again under the same UIDVALIDITY, and what we move gets a UID at which we know another mail', () => {
  it.each([true, false])(
    'what is erased meanwhile is erased, and no other (looked at in between: %s)',
    async (isSeen) => {
      const threads = await restored();
      const old = mailbox.server.need('T').messages;
      mailbox.server.recreate('T');
      await mailbox.push(moving(async () => mailbox.changes.erase(USER, threads, await mailbox.folder('T'))));
      if (isSeen) await mailbox.pass();
      for (const one of old) mailbox.server.put('T', one, one.copy);
      await mailbox.onwards(4);
      const there = mailbox.thereIn('T').map((line) => Number(line.split(':')[0]));
      expect(there.sort()).toEqual([1, 2, 3, 4]);
    },
  );

  it('a star that is given meanwhile is kept', async () => {
    const threads = await restored();
    const folder = mailbox.server.need('T');
    folder.messages = folder.messages.filter(({ uid }) => uid < 3);
    folder.uidNext = 3;
    await mailbox.push(moving(() => mailbox.changes.star(USER, threads, true)));
    await mailbox.onwards(4);
    expect(mailbox.thereIn('T').filter((line) => line.startsWith('5:'))).toEqual(['5:3:\\Flagged']);
  });
});

describe.each([{}, { condstore: true }, { objectId: true }, { condstore: true, qresync: true }])(
  'what was moved into a folder that is made again (%j)',
  (more) => {
    beforeEach(async () => {
      mailbox = await OneMailbox.open({ ...PLAIN, ...more });
      mailbox.server.create('T');
      for (let count = 0; count < 3; count += 1) mailbox.server.deliver('INBOX');
      await mailbox.pass();
      const threads = await mailbox.threadsOf('INBOX', [1, 2]);
      await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), await mailbox.folder('T'));
      await mailbox.push();
      expect(await mailbox.uids('T')).toEqual([1, 2]);
      mailbox.server.recreate('T');
    });

    const passes = async (): Promise<void> => {
      await mailbox.pass();
      // Until then its UIDNEXT may be late.
      mailbox.time += 60_000;
      await mailbox.pass();
    };

    it('is not there any more, as empty as that is', async () => {
      await passes();
      expect(await mailbox.uids('T')).toEqual([]);
    });

    it('is not there any more when less has come since', async () => {
      mailbox.server.deliver('T');
      await passes();
      const rows = await mailbox.tables.placements.find({ folderId: (await mailbox.folder('T')).id });
      const messages = await mailbox.tables.messages.find({ subject: 'mail 4' });
      expect(rows.map(({ messageId }) => messageId)).toEqual(messages.map(({ id }) => id));
    });
  },
);

it('a server that says its UIDNEXT a look too late loses nothing', async () => {
  mailbox = await OneMailbox.open(PLAIN);
  mailbox.server.deliver('INBOX');
  await mailbox.pass();
  const threads = await mailbox.threadsOf('INBOX', [1]);
  await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), await mailbox.folder('Archive'));
  await mailbox.push();
  const [before] = await mailbox.tables.placements.find({});
  const archive = mailbox.server.need('Archive');
  const now = { ...archive };
  Object.assign(archive, { messages: [], uidNext: 1 });
  await mailbox.pass();
  Object.assign(archive, now);
  await mailbox.pass();
  expect((await mailbox.tables.placements.find({})).map(({ id, uid }) => [id, uid])).toEqual([[before.id, 1]]);
});

it('a server whose UIDNEXT is too low for good is not listed anew again and again', async () => {
  mailbox = await OneMailbox.open(PLAIN);
  for (let count = 0; count < 4; count += 1) mailbox.server.deliver('Archive');
  mailbox.server.expunge('Archive', new Set([1, 2]));
  const open = (): ImapSession => {
    const client = new ScriptedClient(mailbox.server);
    const mailboxOpen = client.mailboxOpen.bind(client);
    client.mailboxOpen = async (path, how) => {
      const answer = await mailboxOpen(path, how);
      return path === 'Archive' ? Object.assign(answer, { uidNext: 3 }) : answer;
    };
    return new ImapSession(client.asClient());
  };
  await mailbox.pass({ session: open() });
  const { begunAt } = await mailbox.folder('Archive');
  await mailbox.onwards(4, open);
  expect((await mailbox.folder('Archive')).begunAt).toBe(begunAt);
  expect(await mailbox.uids('Archive')).toEqual([3, 4]);
});
