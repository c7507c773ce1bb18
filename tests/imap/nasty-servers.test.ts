import type { FolderSlice } from '../../src/server/ports/session';
import type { RemoteId } from '../../src/server/mail/ids';
import { replaySessions } from '../support/replay-session';

/** Behaviour of servers from public reports that no other test has. */
const OK = 'A######## OK done\n';
const EVERYTHING = { since: null, depth: 'everything', budget: 1_000 } as const;
/** Exchange's proxy leaves its own notes where a response code stands, with an equals sign and quotes in it. */
const JUNK =
  '[Error="Microsoft.Exchange.Data.Storage.WrongServerException: (x) [Proxied]" AuthResultFromPopServer=0 Proxy=AB0.PROD.OUTLOOK.COM:1993:SSL]';
const opened = (exists: number, code = ''): string =>
  `* ${exists} EXISTS\n* OK [UIDVALIDITY 7] ok\n* OK [UIDNEXT ${exists + 1}] ok\nA######## OK ${code} done\n`;
const { open } = replaySessions();

async function statesOf(slices: AsyncIterable<FolderSlice>): Promise<(readonly [string, number])[]> {
  const all: (readonly [string, number])[] = [];
  for await (const { states } of slices) all.push(...states.map(({ id, sizeBytes }) => [id, sizeBytes] as const));
  return all;
}

describe('junk in place of a response code', () => {
  it('of what went well is text like any other', async () => {
    const { session } = await open({
      AUTHENTICATE: `A######## OK ${JUNK} AUTHENTICATE completed.\n`,
      LIST: `* LIST () "/" INBOX\nA######## OK ${JUNK} done\n`,
      EXAMINE: opened(1, JUNK),
      FETCH: `* 1 FETCH (UID 1 FLAGS () INTERNALDATE "01-Jan-2026 00:00:00 +0000" RFC822.SIZE 9)\nA######## OK ${JUNK} done\n`,
    });
    expect((await session.listFolders(new Map())).map(({ path }) => path)).toEqual(['INBOX']);
    expect(await statesOf((await session.observe('INBOX', EVERYTHING)).slices)).toEqual([['7:1', 9]]);
  });

  it('of what was refused does not hide what the server says', async () => {
    const { session } = await open({ EXAMINE: `A######## NO ${JUNK} Server Unavailable. 15\n` });
    await expect(session.observe('INBOX', EVERYTHING)).rejects.toMatchObject({ code: 'EMAIL_FOLDER_BUSY' });
  });

  it('at the login is no word on the token', async () => {
    const refused = open({ AUTHENTICATE: `A######## NO ${JUNK} Server Unavailable. 15\n` });
    await expect(refused).rejects.toMatchObject({ code: 'EMAIL_SERVER_UNREACHABLE' });
  });
});

it('a login that a proxy of Exchange refuses for reasons of its own says nothing of the token', async () => {
  const refused = open({ AUTHENTICATE: `A######## NO ${JUNK} AUTHENTICATE failed.\n` });
  await expect(refused).rejects.toMatchObject({ code: 'EMAIL_SERVER_UNREACHABLE' });
});

it('an answer to the login that cannot be parsed is no word on the token either', async () => {
  const refused = open({ AUTHENTICATE: 'A######## OK [(((" {{ done\n' });
  await expect(refused).rejects.toMatchObject({ code: 'EMAIL_SERVER_UNREACHABLE' });
});

it('ENVELOPE, which servers wrap in stray parentheses or fill with NIL, is asked for nowhere', async () => {
  const { session, server } = await open({ EXAMINE: opened(1), 'UID FETCH': OK, FETCH: OK });
  const id = '7:1' as RemoteId;
  await statesOf((await session.observe('INBOX', EVERYTHING)).slices);
  for await (const head of session.heads('INBOX', [id])) expect(head).toBeDefined();
  for (const manner of ['usual', 'small', 'careful'] as const)
    for await (const content of session.contents('INBOX', [id], manner)) expect(content.kind).toBe('failed');
  const asked = server.asked.filter(({ command }) => command.endsWith('FETCH')).map(({ args }) => args);
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.filter((one) => one.includes('ENVELOPE'))).toEqual([]);
});
