import type { ListResponse } from 'imapflow';
import { asMailError, MailError } from '../../src/server/errors/mail-error';
import { ImapSession } from '../../src/server/providers/imap/session';
import { FolderTrouble, LIST } from '../../src/server/sync/folder-trouble';
import { ScriptedClient } from '../scripted-client';
import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(60_000);

let mailbox: OneMailbox;
let trouble: FolderTrouble;
let opened: number;
afterEach(() => mailbox.close());

type Refusal = (client: ScriptedClient) => Error;
const nonexistent: Refusal = () =>
  Object.assign(new Error('NO'), { responseStatus: 'NO', responseText: "Mailbox doesn't exist: Work" });
const cut: Refusal = (client) => {
  client.close();
  return Object.assign(new Error('Connection not available'), { code: 'NoConnection' });
};

/** A server that answers no STATUS of Work, which has a folder below it, and refuses to open it. */
function session(refusal: Refusal | null, paths = ['Work']): ImapSession {
  const client = new ScriptedClient(mailbox.server);
  const [list, open] = [client.list.bind(client), client.mailboxOpen.bind(client)];
  client.list = async (how) =>
    (await list(how)).map((entry) =>
      paths.includes(entry.path)
        ? ({ ...entry, status: { error: new Error('NO') } } as unknown as ListResponse)
        : entry,
    );
  client.mailboxOpen = async (path, how) => {
    if (!refusal || !paths.includes(path)) return open(path, how);
    opened += 1;
    throw refusal(client);
  };
  return new ImapSession(client.asClient());
}

/** Passes as a worker makes them, each on a line of its own; answers how each ended. */
async function passes(count: number, refusal: Refusal | null, paths?: string[]): Promise<(string | null)[]> {
  const ends: (string | null)[] = [];
  for (let left = count; left > 0; left -= 1) {
    const pass = mailbox.pass({ trouble, session: session(refusal, paths) });
    ends.push(
      await pass.then(
        () => null,
        (error) => asMailError(error).code,
      ),
    );
  }
  return ends;
}

beforeEach(async () => {
  mailbox = await OneMailbox.open(PLAIN);
  trouble = new FolderTrouble();
  opened = 0;
  for (const path of ['Work', 'Work/A', 'Zoo']) mailbox.server.create(path);
  for (const path of ['INBOX', 'Zoo']) mailbox.server.deliver(path);
});

const isOpen = async (path: string): Promise<boolean> => Boolean((await mailbox.folder(path)).isSelectable);

it('a name that opens nothing is closed from the first pass on, without a word of trouble', async () => {
  expect(await passes(2, nonexistent)).toEqual([null, null]);
  expect(await mailbox.folder('Work')).toMatchObject({ role: null, errorCode: null });
  expect([await isOpen('Work'), await isOpen('Work/A')]).toEqual([false, true]);
  // And it is one row that stays, not another one with each pass.
  const { id } = await mailbox.folder('Work');
  await passes(2, nonexistent);
  expect((await mailbox.folder('Work')).id).toBe(id);
  expect(await mailbox.tables.folders.count({ accountId: mailbox.account.id })).toBe(5);
});

it('it is opened as soon as there is something under it', async () => {
  await passes(2, nonexistent);
  mailbox.server.deliver('Work');
  await passes(1, null, []);
  expect([await isOpen('Work'), await mailbox.uids('Work')]).toEqual([true, [1]]);
});

it('a folder without STATUS that can be opened is one', async () => {
  mailbox.server.deliver('Work');
  expect(await passes(2, null)).toEqual([null, null]);
  expect([await isOpen('Work'), await mailbox.uids('Work')]).toEqual([true, [1]]);
});

it('a mail that was known stays its own where the name of its folder is all that is left', async () => {
  mailbox.server.deliver('Work');
  await passes(1, null, []);
  mailbox.server.move('Work', new Set([1]), 'Zoo');
  await passes(1, nonexistent);
  expect([await isOpen('Work'), await mailbox.uids('Zoo')]).toEqual([false, [1, 2]]);
});

it.each([0, 1])(
  'where opening it ends the line, the other folders are read all the same (%i mails before)',
  async (count) => {
    if (count > 0) await passes(1, null, []);
    for (const path of ['INBOX', 'Zoo']) mailbox.server.deliver(path);
    const ends = await passes(5, cut);
    expect(ends.slice(3)).toEqual([null, null]);
    expect([await mailbox.uids('INBOX'), await mailbox.uids('Zoo')]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    const resting = await mailbox.folder('Work');
    expect(resting).toMatchObject({ errorCode: 'EMAIL_CONNECTION_LOST' });
    // It is left alone for an hour, as its row says.
    expect(Number(resting.restsUntil) - mailbox.time).toBeGreaterThan(58 * 60_000);
    const times = opened;
    await passes(2, cut);
    expect(opened).toBe(times);
    mailbox.time = Number(resting.restsUntil);
    await passes(1, null, []);
    expect(await mailbox.folder('Work')).toMatchObject({ errorCode: null, restsUntil: null });
  },
);

it.each<[string, Refusal]>([
  ['a number that is none', () => new TypeError('Cannot convert undefined to a BigInt')],
  ['a line that cannot be read', () => Object.assign(new Error('Unexpected char'), { code: 'ParserError' })],
  ['BAD', () => Object.assign(new Error('BAD'), { responseStatus: 'BAD', responseText: 'Internal error' })],
])('where opening it is answered oddly (%s), the other folders are read all the same', async (_what, refusal) => {
  expect(await passes(2, refusal)).toEqual([null, null]);
  expect([await mailbox.uids('INBOX'), await mailbox.uids('Zoo')]).toEqual([[1], [1]]);
  expect(await mailbox.folder('Work')).toMatchObject({ errorCode: expect.any(String) });
});

it('the inbox is one, whatever the server says of it', async () => {
  mailbox.server.create('INBOX/Lists');
  await passes(1, nonexistent, ['INBOX']);
  expect(await mailbox.folder('INBOX')).toMatchObject({ role: 'inbox', errorCode: 'EMAIL_FOLDER_CHANGED' });
});

it('where a STATUS ends the line, folders are listed without, and looked into, for an hour', async () => {
  const asked: boolean[] = [];
  const sick = (): ImapSession => {
    const one = mailbox.session();
    const list = one.listFolders.bind(one);
    one.listFolders = (cursors, asksStatus = true) => {
      asked.push(asksStatus);
      return asksStatus ? Promise.reject(new MailError('EMAIL_CONNECTION_LOST')) : list(cursors, asksStatus);
    };
    return one;
  };
  const pass = (): Promise<void> => mailbox.pass({ trouble, session: sick() });
  for (let left = 3; left > 0; left -= 1) await expect(pass()).rejects.toThrow('EMAIL_CONNECTION_LOST');
  await pass();
  mailbox.server.deliver('Zoo');
  await pass();
  expect([await mailbox.uids('INBOX'), await mailbox.uids('Zoo')]).toEqual([[1], [1, 2]]);
  mailbox.time += 60 * 60_000;
  await expect(pass()).rejects.toThrow('EMAIL_CONNECTION_LOST');
  await pass();
  await mailbox.pass({ trouble });
  expect(asked).toEqual([true, true, true, false, false, true, false]);
});

it('a name that opens nothing stays closed while the server is busy', async () => {
  await passes(2, nonexistent);
  const { id } = await mailbox.folder('Work');
  const busy: Refusal = () => Object.assign(new Error('NO'), { responseStatus: 'NO', responseText: 'Server busy' });
  await passes(1, busy);
  expect(await mailbox.folder('Work')).toMatchObject({ id, errorCode: null });
  expect(await isOpen('Work')).toBe(false);
});

it('a folder with many mails is closed only where another line calls it nonexistent, too', async () => {
  for (let left = 30; left > 0; left -= 1) mailbox.server.deliver('Work');
  await passes(1, null, []);
  const { id } = await mailbox.folder('Work');
  let lines = 0;
  const pass = (onOther: Refusal | null): Promise<void> =>
    mailbox.pass({
      trouble,
      session: session(nonexistent),
      freshSession: async () => {
        lines += 1;
        const other = session(onOther);
        return { session: other, close: () => other.close() };
      },
    });
  for (const refusal of [null, cut]) await pass(refusal);
  expect(lines).toBeGreaterThanOrEqual(2);
  expect(await mailbox.folder('Work')).toMatchObject({ id, isGone: false });
  expect(await isOpen('Work')).toBe(true);
  await pass(nonexistent);
  expect(await isOpen('Work')).toBe(false);
  expect((await mailbox.folder('Work')).id).not.toBe(id);
});

it('the trouble of a folder that is gone is not that of a later one with its name', async () => {
  for (const place of [{ path: 'Work' }, LIST])
    for (let left = 3; left > 0; left -= 1) trouble.lost(place, mailbox.time);
  await mailbox.pass({ trouble });
  expect([trouble.isSuspect({ path: 'Work' }, mailbox.time), trouble.isSuspect(LIST, mailbox.time)]).toEqual([
    true,
    true,
  ]);
  mailbox.server.folders.delete('Work/A');
  mailbox.server.folders.delete('Work');
  await mailbox.pass({ trouble });
  expect([trouble.isSuspect({ path: 'Work' }, mailbox.time), trouble.isSuspect(LIST, mailbox.time)]).toEqual([
    false,
    true,
  ]);
});
