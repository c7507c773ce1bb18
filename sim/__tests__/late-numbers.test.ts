import { ImapSession } from '../../src/server/providers/imap/session';
import { ScriptedClient } from '../scripted-client';
import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

/** A connection on which a mail comes right after the inbox was opened. */
function busyLine(): ImapSession {
  const client = new ScriptedClient(mailbox.server);
  const open = client.mailboxOpen.bind(client);
  client.mailboxOpen = async (path, how) => {
    const answer = await open(path, how);
    if (path === 'INBOX') mailbox.server.deliver('INBOX');
    return answer;
  };
  return new ImapSession(client.asClient());
}

it('a folder into which a mail comes with every look does not begin anew when one answer lags behind', async () => {
  mailbox = await OneMailbox.open(PLAIN);
  for (let count = 0; count < 5; count += 1) mailbox.server.deliver('INBOX');
  await mailbox.pass();
  for (let looks = 0; looks < 8; looks += 1) {
    mailbox.server.deliver('INBOX');
    await mailbox.pass({ session: busyLine() });
    mailbox.time += 10_000;
  }
  const { id } = await mailbox.folder('INBOX');
  const rows = async (): Promise<number[]> =>
    (await mailbox.tables.placements.find({ folderId: id }, { order: ['uid'] })).map((row) => row.id);
  const before = await rows();
  const inbox = mailbox.server.need('INBOX');
  const [newest] = inbox.messages.splice(-1);
  inbox.uidNext -= 1;
  await mailbox.pass();
  inbox.messages.push(newest);
  inbox.uidNext += 1;
  await mailbox.pass();
  expect(await rows()).toEqual(before);
});
