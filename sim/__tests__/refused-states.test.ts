import type { FolderCursor, Look } from '../../src/server/ports/session';
import { ImapSession } from '../../src/server/providers/imap/session';
import { ScriptedClient } from '../scripted-client';
import { ScriptedServer, type ServerFeatures } from '../scripted-server';
import { PLAIN } from './one-mailbox';

jest.setTimeout(120_000);

const LOOK: Look = {
  since: null,
  departed: 0,
  uncounted: 0,
  highestUid: null,
  depth: 'changes',
  budget: 1e9,
  hints: [],
};

interface Seen {
  readonly uids: ReadonlySet<string>;
  readonly commands: number;
  /** Messages that the server told of, some of them more than once. */
  readonly told: number;
  readonly cursor: FolderCursor | null;
}

/** A look at an inbox of which the server refuses to tell of some messages. */
async function look(server: ScriptedServer, isBad: (uid: number) => boolean, more: Partial<Look> = {}): Promise<Seen> {
  const client = new ScriptedClient(server, undefined, ({ uid }) => isBad(uid));
  const fetch = client.fetch.bind(client);
  let [commands, told] = [0, 0];
  client.fetch = async function* (...asked) {
    commands += 1;
    for await (const message of fetch(...asked)) {
      told += 1;
      yield message;
    }
  };
  const { slices } = await new ImapSession(client.asClient()).observe('INBOX', { ...LOOK, ...more });
  const uids = new Set<string>();
  let cursor = more.since ?? null;
  for await (const slice of slices) {
    for (const { id } of slice.states) uids.add(id);
    cursor = slice.cursor ?? cursor;
  }
  return { uids, commands, told, cursor };
}

function inbox(features: Partial<ServerFeatures>, count: number, gap = 1): ScriptedServer {
  const server = new ScriptedServer({ ...PLAIN, ...features });
  const folder = server.create('INBOX');
  for (let at = 0; at < count; at += 1) {
    folder.uidNext = at * gap + 1;
    server.deliver('INBOX');
  }
  return server;
}

it.each([5, 12, 20, 50])('%i messages of which the server refuses to tell leave the others listed', async (count) => {
  const step = Math.floor(1_000 / count);
  const isBad = (uid: number): boolean => uid % step === 1 && uid <= step * count;
  expect((await look(inbox({}, 1_000), isBad)).uids.size).toBe(1_000 - count);
});

it.each([3, 6, 12])('%i that have changed leave the others told (CONDSTORE, sparse UIDs)', async (count) => {
  const server = inbox({ condstore: true }, 1_000, 1_000);
  const { cursor } = await look(server, () => false);
  const { messages } = server.need('INBOX');
  server.setFlags('INBOX', new Set(messages.map(({ uid }) => uid)), (flags) => flags.add('\\Seen'));
  const some = messages.filter((_, at) => at % Math.floor(1_000 / count) === 5).slice(0, count);
  const bad = new Set(some.map(({ uid }) => uid));
  expect((await look(server, (uid) => bad.has(uid), { since: cursor })).uids.size).toBe(1_000 - count);
});

it('a server that refuses everything is not asked message by message', async () => {
  const server = inbox({}, 1_000);
  let commands = 0;
  const counted = (): boolean => {
    commands += 1;
    return true;
  };
  await expect(look(server, counted)).rejects.toMatchObject({ code: 'EMAIL_FOLDER_BUSY' });
  expect(commands).toBeLessThan(3_000);
});

it.each<[string, Partial<ServerFeatures>]>([
  ['plain', {}],
  ['CONDSTORE', { condstore: true }],
  ['QRESYNC', { condstore: true, qresync: true }],
])('a newest message that is refused in two comparisons costs nothing after that (%s)', async (_which, features) => {
  const server = inbox(features, 600);
  let { cursor } = await look(server, () => false);
  server.deliver('INBOX');
  let last: Seen | null = null;
  for (const depth of ['changes', 'everything', 'everything', 'changes'] as const) {
    last = await look(server, (uid) => uid === 601, { since: cursor, depth, budget: 10_000 });
    cursor = last.cursor;
  }
  expect(last).toMatchObject({ told: 0, commands: 0 });
});
