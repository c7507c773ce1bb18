import { ImapSession } from '../../src/server/providers/imap/session';
import { ScriptedClient } from '../scripted-client';
import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

it('a header at which something unforeseen happens holds no other mail of its folder up', async () => {
  mailbox = await OneMailbox.open(PLAIN);
  for (let count = 0; count < 60; count += 1) mailbox.server.deliver('INBOX');
  for (const one of mailbox.server.need('INBOX').messages) Object.assign(one, { size: 50_000 });
  const session = (): ImapSession => {
    const client = new ScriptedClient(mailbox.server);
    const fetch = client.fetch.bind(client);
    client.fetch = async function* (range, query, options) {
      for await (const one of fetch(range, query, options)) {
        if (query.headers && one.uid === 1) throw new TypeError('Cannot read properties of undefined');
        yield one;
      }
    };
    return new ImapSession(client.asClient());
  };
  for (let passes = 0; passes < 6; passes += 1) {
    mailbox.time += 15 * 60_000;
    await mailbox.pass({ session: session() });
  }
  expect(await mailbox.tables.placements.count({ messageId: null })).toBeLessThanOrEqual(1);
});
