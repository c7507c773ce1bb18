import type { FolderSlice, MailboxSession } from '../../src/server/ports/session';
import type { RemoteId } from '../../src/server/mail/ids';
import { replaySessions } from '../support/replay-session';

const OK = 'A######## OK done\n';
const LOST = { code: 'EMAIL_CONNECTION_LOST' };
const EVERYTHING = { since: null, depth: 'everything', budget: Number.MAX_SAFE_INTEGER } as const;
const replay = replaySessions();

const opened = (exists: number, more = ''): string =>
  `* ${exists} EXISTS\n* OK [UIDVALIDITY 7] ok\n* OK [UIDNEXT ${exists + 1}] ok\n${more}${OK}`;
const message = (nth: number): string =>
  `* ${nth} FETCH (UID ${nth} FLAGS () INTERNALDATE "01-Jan-2026 00:00:00 +0000" RFC822.SIZE 100)\n`;
/** What a window of sequence numbers is answered with. */
const FETCH = ({ args }: { args: string }): string => {
  const [from, to] = args.split(' ')[0].split(':').map(Number);
  return `${[...Array(to - from + 1).keys()].map((at) => message(from + at)).join('')}${OK}`;
};
const ids = (...uids: number[]) => uids.map((uid) => `7:${uid}` as RemoteId);

const opening = (script: object = {}) =>
  replay.open({ EXAMINE: opened(400), SELECT: opened(400), FETCH, 'UID FETCH': FETCH, ...script });

/** The server closes the connection, and we have heard of it. */
async function hangUp(server: { say(text: string): void }): Promise<void> {
  server.say('* BYE Connection is closed. 13\n');
  await new Promise((resolve) => setTimeout(resolve, 150));
}

async function all<T>(given: AsyncIterable<T>, after: (nth: number) => Promise<void> | void = () => undefined) {
  const taken: T[] = [];
  for await (const one of given) {
    taken.push(one);
    await after(taken.length);
  }
  return taken;
}

/** imapflow answers a FETCH on a line that has ended with nothing, and no error. */
describe('a line that ends between two commands', () => {
  it('makes no listing of a folder that is empty', async () => {
    const { session, server } = await opening();
    const { slices } = await session.observe('INBOX', EVERYTHING);
    await hangUp(server);
    await expect(all(slices)).rejects.toMatchObject(LOST);
  });

  it('ends a listing in the middle, without a slice that says that it is through', async () => {
    const { session, server } = await opening();
    const { slices } = await session.observe('INBOX', EVERYTHING);
    const taken: FolderSlice[] = [];
    const taking = (async () => {
      for await (const slice of slices) {
        if (taken.push(slice) === 1) await hangUp(server);
      }
    })();
    await expect(taking).rejects.toMatchObject(LOST);
    expect(taken.map(({ isThrough, states }) => [isThrough, states.length])).toEqual([[false, 250]]);
  });

  it('moves no cursor of CONDSTORE past changes that nobody told us', async () => {
    const { session, server } = await opening({
      CAPABILITY: `* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR NAMESPACE ENABLE CONDSTORE\n${OK}`,
      ENABLE: `* ENABLED CONDSTORE\n${OK}`,
      EXAMINE: [opened(4, '* OK [HIGHESTMODSEQ 5] ok\n'), opened(4, '* OK [HIGHESTMODSEQ 9] ok\n')],
    });
    const first = await all((await session.observe('INBOX', EVERYTHING)).slices);
    const since = first[first.length - 1].cursor;
    const { slices, strategy } = await session.observe('INBOX', { ...EVERYTHING, since, depth: 'changes' });
    expect(strategy.kind).toBe('condstore');
    await hangUp(server);
    await expect(all(slices)).rejects.toMatchObject(LOST);
  });

  const works: readonly (readonly [what: string, work: (session: MailboxSession) => Promise<unknown>])[] = [
    ['headers', (session) => all(session.heads('INBOX', ids(1, 2)))],
    ['bodies', (session) => all(session.contents('INBOX', ids(1, 2), 'usual'))],
    ['bodies, one by one', (session) => all(session.contents('INBOX', ids(1, 2), 'careful'))],
    ['a search for what was sent', (session) => session.hasMessage('INBOX', 'a@x')],
    ['a mark', (session) => session.storeFlags('INBOX', ids(2), { add: ['\\Seen'], remove: [] })],
    ['a move', (session) => session.move('INBOX', ids(2), 'Archive')],
    ['an erasure', (session) => session.erase('INBOX', ids(2))],
  ];
  it.each(works)('is no answer to a question for %s', async (_what, work) => {
    const { session, server } = await opening();
    await all((await session.observe('INBOX', EVERYTHING)).slices);
    await hangUp(server);
    await expect(work(session)).rejects.toMatchObject(LOST);
  });

  it('counts from the BYE on, also where the server keeps the socket open', async () => {
    const { session } = await opening();
    const { slices } = await session.observe('INBOX', EVERYTHING);
    const { client } = session as unknown as { client: { state: unknown; states: { LOGOUT: unknown } } };
    client.state = client.states.LOGOUT;
    await expect(all(slices)).rejects.toMatchObject(LOST);
  });

  it('makes no list of folders of which nothing is known', async () => {
    const listed = ['INBOX', 'Sick', 'Sound'].map((name) => `* LIST () "/" ${name}\n`).join('');
    const { session, server } = await opening({
      LIST: `${listed}${OK}`,
      STATUS: ({ args }: { args: string }) =>
        args.startsWith('Sick') ? null : `* STATUS ${args.split(' ')[0]} (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 7)\n${OK}`,
    });
    await expect(session.listFolders(new Map())).rejects.toMatchObject(LOST);
    expect(server.asked.filter(({ command }) => command === 'STATUS')).toHaveLength(2);
  });
});
