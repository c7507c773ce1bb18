import { MailError } from '../../src/server/errors/mail-error';
import { ImapSession } from '../../src/server/providers/imap/session';
import { FolderTrouble } from '../../src/server/sync/folder-trouble';
import { ScriptedClient } from '../scripted-client';
import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

/** Q3: what Exchange says to a line that is logged in, in a moment of load. */
const refuse = async (): Promise<never> => {
  const responseText = 'User is authenticated but not connected.';
  throw Object.assign(new Error('BAD'), { responseStatus: 'BAD', responseText });
};

/** A second line that is logged in and of no use. */
const freshSession = async () => {
  const client = Object.assign(new ScriptedClient(mailbox.server), { list: refuse, mailboxOpen: refuse });
  const session = new ImapSession(client.asClient());
  return { session, close: () => session.close() };
};

it('a list that cannot be confirmed on it is believed', async () => {
  mailbox = await OneMailbox.open(PLAIN);
  for (let count = 0; count < 25; count += 1) mailbox.server.deliver('Archive');
  await mailbox.pass();
  mailbox.server.folders.delete('Archive');
  mailbox.server.deliver('INBOX');
  await mailbox.pass({ freshSession });
  expect(await mailbox.uids('INBOX')).toEqual([1]);
});

it('a folder that needs a second look waits, and the others are read', async () => {
  mailbox = await OneMailbox.open(PLAIN);
  mailbox.server.create('Zoo');
  for (let count = 0; count < 25; count += 1) mailbox.server.deliver('Archive');
  await mailbox.pass();
  mailbox.server.expunge('Archive', new Set(Array.from({ length: 24 }, (_, at) => at + 1)));
  mailbox.server.deliver('Zoo');
  await mailbox.pass({ freshSession });
  expect([await mailbox.uids('Zoo'), (await mailbox.uids('Archive')).length]).toEqual([[1], 25]);
});

describe('a server that gives one line only', () => {
  const busy = (): Promise<never> => Promise.reject(new MailError('EMAIL_SERVER_UNREACHABLE'));
  let trouble: FolderTrouble;
  const left = async (): Promise<number> => (await mailbox.uids('Archive')).length;
  const pass = (session?: ImapSession): Promise<void> =>
    mailbox.pass({ freshSession: busy, trouble, ...(session && { session }) });
  beforeEach(async () => {
    mailbox = await OneMailbox.open(PLAIN);
    trouble = new FolderTrouble();
    for (let count = 0; count < 25; count += 1) mailbox.server.deliver('Archive');
    await mailbox.pass();
    mailbox.server.expunge('Archive', new Set(Array.from({ length: 24 }, (_, at) => at + 1)));
  });

  it('is believed that most of a folder is gone when it says so an hour later on a new line', async () => {
    await pass();
    mailbox.time += 59 * 60_000;
    await pass();
    expect(await left()).toBe(25);
    mailbox.time += 60 * 60_000;
    await pass();
    expect([await left(), (await mailbox.folder('Archive')).errorCode]).toEqual([1, null]);
  });

  it('is not believed on the same line, whatever the time', async () => {
    const session = mailbox.session();
    session.close = async () => undefined;
    await pass(session);
    mailbox.time += 3 * 60 * 60_000;
    await pass(session);
    expect(await left()).toBe(25);
  });

  it('is not believed when the folder was whole in between', async () => {
    const archive = mailbox.server.need('Archive');
    const all = archive.messages;
    await pass();
    mailbox.time += 61 * 60_000;
    mailbox.server.folders.set('Archive', {
      ...archive,
      messages: Array.from({ length: 25 }, (_, at) => ({ ...all[0], uid: at + 1 })),
    });
    await pass();
    mailbox.server.folders.set('Archive', archive);
    mailbox.time += 61 * 60_000;
    await pass();
    expect(await left()).toBe(25);
  });

  it.each([{}, { condstore: true }])(
    'is not believed when nothing was wrong in between, looked into or not (%j)',
    async (more) => {
      await mailbox.close();
      mailbox = await OneMailbox.open({ ...PLAIN, ...more });
      for (let count = 0; count < 25; count += 1) mailbox.server.deliver('Archive');
      await pass();
      const { messages } = mailbox.server.need('Archive');
      const glitch = async (): Promise<void> => {
        const all = messages.splice(0, 24);
        await pass();
        messages.unshift(...all);
      };
      await glitch();
      for (let passes = 0; passes < 8; passes += 1) {
        mailbox.time += 10 * 60_000;
        await pass();
      }
      await glitch();
      expect(await left()).toBe(25);
    },
  );
});
