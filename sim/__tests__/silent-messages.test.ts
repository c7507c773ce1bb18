import { ImapSession } from '../../src/server/providers/imap/session';
import { ScriptedClient } from '../scripted-client';
import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

/** A session that compares five messages at a time, with a server that hides what is hidden. */
function inFives(): ImapSession {
  const client = new ScriptedClient(mailbox.server);
  const fetch = client.fetch.bind(client);
  client.fetch = async function* (...how) {
    for await (const message of fetch(...how)) if (!mailbox.hidden.has(message.uid)) yield message;
  };
  return new ImapSession(client.asClient(), 5);
}

it('a folder in which a counted message never answers is compared to its end, and then left alone', async () => {
  mailbox = await OneMailbox.open(PLAIN);
  for (let count = 0; count < 6; count += 1) mailbox.server.deliver('Archive');
  mailbox.hidden.add(3);
  await mailbox.pass();
  await mailbox.onwards(1);
  await mailbox.pass();
  await mailbox.pass();
  expect((await mailbox.folder('Archive')).scannedAt).not.toBeNull();
  mailbox.fetched = [];
  await mailbox.pass();
  expect(mailbox.fetched).toEqual([]);
});

it.each([{}, { condstore: true }])(
  'a folder whose newest message is counted and not shown is compared to its end, however few fit into a look (%j)',
  async (more) => {
    mailbox = await OneMailbox.open({ ...PLAIN, ...more });
    for (let count = 0; count < 20; count += 1) mailbox.server.deliver('Archive');
    await mailbox.pass();
    mailbox.hidden.add(mailbox.server.deliver('Archive'));
    await mailbox.pass();
    mailbox.time += 25 * 60 * 60_000;
    const from = mailbox.time;
    for (let looks = 0; looks < 12; looks += 1) await mailbox.pass({ budget: 5, session: inFives() });
    expect((await mailbox.folder('Archive')).scannedAt).toBeGreaterThanOrEqual(from);
    mailbox.hidden.clear();
    await mailbox.pass({ budget: 5, session: inFives() });
    expect((await mailbox.uids('Archive')).length).toBe(21);
  },
);
