import { ImapSession } from '../../src/server/providers/imap/session';
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
