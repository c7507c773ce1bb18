import type { ListResponse } from 'imapflow';
import { ImapSession } from '../../src/server/providers/imap/session';
import { FolderTrouble } from '../../src/server/sync/folder-trouble';
import { ScriptedClient } from '../scripted-client';
import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(240_000);

/** A part of a mailbox is damaged: its folders answer no STATUS, and opening one of them ends the line. */
const SICK = ['W0', 'W1', 'W2', 'W3', 'W4', 'W5'];
let mailbox: OneMailbox;
afterEach(() => mailbox.close());

function session(): ImapSession {
  const client = new ScriptedClient(mailbox.server);
  const [list, open] = [client.list.bind(client), client.mailboxOpen.bind(client)];
  client.list = async (how) =>
    (await list(how)).map((entry) =>
      SICK.includes(entry.path) ? ({ ...entry, status: { error: new Error('NO') } } as unknown as ListResponse) : entry,
    );
  client.mailboxOpen = async (path, how) => {
    if (!SICK.includes(path)) return open(path, how);
    client.close();
    throw Object.assign(new Error('Connection not available'), { code: 'NoConnection' });
  };
  return new ImapSession(client.asClient());
}

it.each([
  ['that have others below them', ['/A']],
  ['that have none', []],
])('six of them %s keep the others waiting for a few hours, and then no more', async (_which, below) => {
  mailbox = await OneMailbox.open(PLAIN);
  for (const path of [...SICK, ...SICK.flatMap((one) => below.map((name) => one + name)), 'Zoo'])
    mailbox.server.create(path);
  const trouble = new FolderTrouble();
  const behind: number[] = [];
  let failures = 0;
  for (let pass = 0; pass < 60; pass += 1) {
    for (const path of ['INBOX', 'Zoo']) mailbox.server.deliver(path);
    const end = await mailbox.pass({ trouble, session: session() }).then(
      () => 'well',
      () => 'lost',
    );
    behind.push(2 * (pass + 1) - (await mailbox.tables.placements.count({ needsBody: false })));
    // As an account's own back-off has it (errors/decide.ts).
    mailbox.time += end === 'well' ? 10 * 60_000 : Math.min(15 * 60_000, 2_000 * 2 ** failures);
    failures = end === 'well' ? 0 : failures + 1;
  }
  expect(Math.max(...behind.slice(45))).toBeLessThan(10);
});
