import { ImapSession } from '../../src/server/providers/imap/session';
import { FolderTrouble } from '../../src/server/sync/folder-trouble';
import { MailError } from '../../src/server/errors/mail-error';
import type { UserId } from '../../src/server/mail/ids';
import { ScriptedClient } from '../scripted-client';
import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(120_000);

type Query = Record<string, unknown>;
const STATES = (query: Query): boolean => Boolean(query.size) && !query.source && !query.headers;
const BODIES = (query: Query): boolean => Boolean(query.source || query.bodyParts || query.bodyStructure);
const HEADERS = (query: Query): boolean => Boolean(query.headers) || BODIES(query);

const EXCHANGE = { responseText: 'Server Unavailable. 15' };
const GONE = { responseText: 'Some of the requested messages no longer exist.' };
const DOVECOT = { serverResponseCode: 'SERVERBUG', responseText: 'Internal error occurred.' };

/** The message at which the server refuses a whole command, in answer to what is asked of it. */
const BAD = 5;

let mailbox: OneMailbox;
let bodies: number;
beforeEach(async () => {
  mailbox = await OneMailbox.open(PLAIN);
  bodies = 0;
});
afterEach(() => mailbox.close());

function session(
  isRefused: (query: Query) => boolean,
  said: object,
  bad: (uid: number) => boolean = isBad,
  slice?: number,
) {
  const client = new ScriptedClient(mailbox.server);
  const fetch = client.fetch.bind(client);
  client.fetch = async function* (range, query, options) {
    let hasRefused = false;
    for await (const message of fetch(range, query, options)) {
      const isInbox = (client.mailbox as { path: string }).path === 'INBOX';
      if (isInbox && bad(message.uid) && isRefused(query)) hasRefused = true;
      else {
        if (query.source) bodies += 1;
        yield message;
      }
    }
    if (hasRefused) throw Object.assign(new Error('NO'), { responseStatus: 'NO', ...said });
  };
  return new ImapSession(client.asClient(), slice);
}
const isBad = (uid: number): boolean => uid === BAD;

async function passes(count: number, open: () => ImapSession, before: (pass: number) => void = () => undefined) {
  const trouble = new FolderTrouble();
  for (let pass = 0; pass < count; pass += 1) {
    before(pass);
    mailbox.time += 20 * 60_000;
    await mailbox.pass({ trouble, session: open() }).catch(() => undefined);
  }
}

const read = async (): Promise<number[]> => {
  const rows = await mailbox.tables.placements.find(
    { folderId: (await mailbox.folder('INBOX')).id },
    { order: ['uid'] },
  );
  return rows
    .filter(({ messageId, needsBody, uid }) => messageId !== null && !needsBody && uid !== BAD)
    .map(({ uid }) => uid);
};

describe('one mail for which the server refuses a whole command', () => {
  it.each([
    ['states', STATES, EXCHANGE],
    ['states', STATES, GONE],
    ['states', STATES, DOVECOT],
    ['bodies', BODIES, EXCHANGE],
    ['headers and bodies', HEADERS, EXCHANGE],
  ] as const)('holds up nothing else when it arrives (%s)', async (_which, isRefused, said) => {
    for (let left = 4; left > 0; left -= 1) mailbox.server.deliver('INBOX');
    await passes(
      30,
      () => session(isRefused, said),
      (pass) => pass > 0 && pass < 7 && mailbox.server.deliver('INBOX'),
    );
    expect(await read()).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10]);
    expect(await mailbox.folder('INBOX')).toMatchObject({ errorCode: null });
  });

  it.each([1_000, 2])('nor when the folder is listed first (slices of %i)', async (slice) => {
    for (let left = 10; left > 0; left -= 1) mailbox.server.deliver('INBOX');
    await passes(
      8,
      () => session(STATES, DOVECOT, isBad, slice),
      (pass) => pass === 4 && mailbox.server.deliver('INBOX'),
    );
    expect(await mailbox.uids('INBOX')).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
  });

  it('nor in a folder with CONDSTORE', async () => {
    await mailbox.close();
    mailbox = await OneMailbox.open({ ...PLAIN, condstore: true });
    for (let left = 4; left > 0; left -= 1) mailbox.server.deliver('INBOX');
    await passes(
      12,
      () => session(STATES, EXCHANGE),
      (pass) => pass > 0 && pass < 7 && mailbox.server.deliver('INBOX'),
    );
    expect(await mailbox.uids('INBOX')).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10]);
  });

  it('nor where there are so many that headers come first', async () => {
    for (let left = 80; left > 0; left -= 1) mailbox.server.deliver('INBOX');
    for (let pass = 0; pass < 30; pass += 1) {
      mailbox.time += 40 * 60_000;
      await mailbox.pass({ smallBytes: 0, session: session(HEADERS, EXCHANGE) }).catch(() => undefined);
    }
    expect(await read()).toHaveLength(79);
  });

  it('and is listed once the server answers for it', async () => {
    for (let left = 10; left > 0; left -= 1) mailbox.server.deliver('INBOX');
    await passes(3, () => session(STATES, EXCHANGE));
    await passes(3, () => mailbox.session());
    expect(await mailbox.uids('INBOX')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('is not fetched with its neighbours for ever, and is given up in the end', async () => {
    for (let left = 25; left > 0; left -= 1) mailbox.server.deliver('INBOX');
    await passes(40, () => session(BODIES, EXCHANGE));
    expect(bodies).toBeLessThan(200);
    const bad = await mailbox.tables.placements.first({ uid: BAD, folderId: (await mailbox.folder('INBOX')).id });
    expect(bad?.needsBody).toBe(false);
  });

  it('keeps no wish of another mail from the server, and is not taken for gone', async () => {
    for (let left = 10; left > 0; left -= 1) mailbox.server.deliver('INBOX');
    await mailbox.onwards(2);
    const [inbox, archive] = [await mailbox.folder('INBOX'), await mailbox.folder('Archive')];
    await mailbox.changes.markFolder(1 as UserId, inbox);
    const [row] = await mailbox.tables.placements.find({ folderId: inbox.id, uid: BAD });
    await mailbox.tables.placements.update({ movingTo: archive.id }, { id: row.id });
    await mailbox.push(session(STATES_AND_DATES, EXCHANGE));
    const seen = mailbox.server.need('INBOX').messages.filter(({ flags }) => flags.has('\\Seen'));
    expect(seen.map(({ uid }) => uid)).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10]);
    expect(await mailbox.tables.placements.first({ id: row.id })).toMatchObject({
      folderId: inbox.id,
      hasIntent: true,
    });
  });
});

const STATES_AND_DATES = ({ size }: Query): boolean => Boolean(size);

it('moves of sound mails are made although the server is never ready to move one among them', async () => {
  for (let left = 10; left > 0; left -= 1) mailbox.server.deliver('INBOX');
  await mailbox.onwards(2);
  const [inbox, archive] = [await mailbox.folder('INBOX'), await mailbox.folder('Archive')];
  const rows = await mailbox.tables.placements.find({ folderId: inbox.id });
  const threads = rows.map(({ threadId }) => Number(threadId));
  await mailbox.changes.move(1 as UserId, threads, inbox, archive);
  for (let push = 0; push < 3; push += 1) {
    mailbox.time += 20 * 60_000;
    const one = mailbox.session();
    const move = one.move.bind(one);
    one.move = (path, ids, target) =>
      ids.some((id) => id.endsWith(`:${BAD}`))
        ? Promise.reject(new MailError('EMAIL_FOLDER_BUSY'))
        : move(path, ids, target);
    await mailbox.push(one);
    await mailbox.pass();
  }
  expect(mailbox.server.need('INBOX').messages.map(({ uid }) => uid)).toEqual([BAD]);
  expect(await mailbox.uids('Archive')).toHaveLength(9);
  const bad = await mailbox.tables.placements.first({ folderId: inbox.id, uid: BAD });
  expect(bad).toMatchObject({ shownFolderId: archive.id, hasIntent: true });
});

it('a wish in a folder at which the line ends does not keep wishes elsewhere from the server', async () => {
  mailbox.server.create('Work');
  mailbox.server.deliver('Work');
  await mailbox.pass();
  mailbox.server.deliver('INBOX');
  await mailbox.pass();
  for (const path of ['Work', 'INBOX']) await mailbox.changes.markFolder(1 as UserId, await mailbox.folder(path));
  const ends: boolean[] = [];
  for (let push = 0; push < 5; push += 1) {
    const client = new ScriptedClient(mailbox.server);
    const open = client.mailboxOpen.bind(client);
    client.mailboxOpen = async (path, how) => {
      if (path !== 'Work') return open(path, how);
      client.close();
      throw Object.assign(new Error('Connection not available'), { code: 'NoConnection' });
    };
    const pushed = mailbox.push(new ImapSession(client.asClient()));
    ends.push(
      await pushed.then(
        () => true,
        () => false,
      ),
    );
  }
  expect([...mailbox.server.need('INBOX').messages[0].flags]).toContain('\\Seen');
  // After three losses it rests, and the line lives on.
  expect(ends).toEqual([false, false, false, true, true]);
  mailbox.time += 60 * 60_000;
  await mailbox.push();
  expect([...mailbox.server.need('Work').messages[0].flags]).toContain('\\Seen');
});

describe('a server that says for a while that it is busy', () => {
  const hasRead = async (): Promise<boolean> =>
    (await mailbox.tables.messages.find({ errorCode: 'EMAIL_MESSAGE_UNREADABLE' })).length === 0;
  const pass = async (open: () => ImapSession, minutes: number): Promise<void> => {
    mailbox.time += minutes * 60_000;
    await mailbox.pass({ session: open() }).catch(() => undefined);
  };
  const busy = { responseText: 'Server busy. Please try again later.' };

  it.each<[string, (uid: number) => boolean]>([
    ['one mail', isBad],
    ['all mails', () => true],
  ])('with the bodies of %s, for two hours, costs none of them', async (_which, bad) => {
    for (let left = 6; left > 0; left -= 1) mailbox.server.deliver('INBOX');
    for (let left = 24; left > 0; left -= 1) await pass(() => session(BODIES, busy, bad), 5);
    await pass(() => mailbox.session(), 5);
    expect([await hasRead(), (await read()).length]).toEqual([true, 5]);
  });

  it('with the only mail of its folder, for a day, gives that up, and the folder is well', async () => {
    mailbox.server.deliver('INBOX');
    for (let left = 48; left > 0; left -= 1) await pass(() => session(BODIES, busy, () => true), 30);
    expect(await hasRead()).toBe(false);
    expect(await mailbox.folder('INBOX')).toMatchObject({ errorCode: null });
  });
});

it('the first listing of a large inbox with one hole comes to its end while mail comes and goes', async () => {
  for (let left = 60; left > 0; left -= 1) mailbox.server.deliver('INBOX');
  mailbox.hidden.add(30);
  const trouble = new FolderTrouble();
  for (let pass = 0; pass < 12; pass += 1) {
    mailbox.time += 5 * 60_000;
    await mailbox.pass({ trouble, budget: 10, session: mailbox.session(5) });
    // A worker looks at the inbox after each pass.
    await mailbox.look('INBOX', { trouble, budget: 10 }, mailbox.session(5));
    mailbox.server.deliver('INBOX');
    mailbox.server.expunge('INBOX', new Set([mailbox.server.need('INBOX').messages.at(-2)?.uid ?? 0]));
  }
  expect((await mailbox.folder('INBOX')).scannedAt).not.toBeNull();
  mailbox.fetched.length = 0;
  await mailbox.pass({ trouble, budget: 10, session: mailbox.session(5) });
  expect(mailbox.fetched.length).toBeLessThan(8);
});

describe('a server that refuses', () => {
  it('every body is busy: no mail counts as tried', async () => {
    for (let left = 25; left > 0; left -= 1) mailbox.server.deliver('INBOX');
    await passes(20, () => session(BODIES, EXCHANGE, () => true));
    const rows = await mailbox.tables.placements.find({ folderId: (await mailbox.folder('INBOX')).id });
    expect(rows.map(({ attempts }) => attempts)).toEqual(rows.map(() => 0));
    await passes(1, () => mailbox.session());
    expect(await read()).toHaveLength(24);
  });

  it('every state is busy, and nothing is forgotten or called listed', async () => {
    for (let left = 10; left > 0; left -= 1) mailbox.server.deliver('INBOX');
    await passes(2, () => session(STATES, EXCHANGE, () => true));
    expect(await mailbox.folder('INBOX')).toMatchObject({ errorCode: 'EMAIL_FOLDER_BUSY', scannedAt: null });
    await passes(1, () => mailbox.session());
    await passes(2, () => session(STATES, EXCHANGE, () => true));
    expect(await mailbox.uids('INBOX')).toHaveLength(10);
  });
});
