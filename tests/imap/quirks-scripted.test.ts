import type { RemoteId } from '../../src/server/mail/ids';
import type { FolderCursor, FolderSlice } from '../../src/server/ports/session';
import { ImapSession } from '../../src/server/providers/imap/session';
import { replaySessions } from '../support/replay-session';
import { until } from '../support/until';

const OK = 'A######## OK done\n';
const opened = (exists: number, uidNext: number | null, more = ''): string =>
  `* ${exists} EXISTS\n* OK [UIDVALIDITY 7] ok\n${uidNext === null ? '' : `* OK [UIDNEXT ${uidNext}] ok\n`}${more}${OK}`;
const message = (seq: number, uid: number, flags = ''): string =>
  `* ${seq} FETCH (UID ${uid} FLAGS (${flags}) INTERNALDATE "01-Jan-2026 00:00:00 +0000" RFC822.SIZE 100)\n`;

const { serve, open } = replaySessions();

/** One look; answers what was seen and the cursor that is left. */
async function look(on: ImapSession, since: FolderCursor | null, depth: 'changes' | 'everything' = 'changes') {
  const { slices, strategy, isReborn, epoch } = await on.observe('INBOX', { since, depth, budget: 1_000 });
  const all: FolderSlice[] = [];
  let cursor = since;
  for await (const slice of slices) {
    all.push(slice);
    cursor = slice.cursor ?? cursor;
  }
  const uids = all.flatMap(({ states }) => states.map(({ id }) => Number(id.split(':')[1])));
  return { slices: all, uids, cursor, strategy, isReborn, epoch };
}

describe('folders', () => {
  it('Q2: the uses of folders come from LIST attributes, in any language and without SPECIAL-USE being advertised', async () => {
    const lines = [
      '(\\HasNoChildren) "/" INBOX',
      '(\\HasNoChildren) "/" Sent',
      '(\\HasNoChildren \\Sent) "/" "Itens Enviados"',
      '(\\HasNoChildren) "/" Drafts',
      '(\\HasNoChildren \\Drafts) "/" "Ro&AXo-cz&AO8-"',
      '(\\HasNoChildren \\Trash) "/" "M&APw-ll"',
      '(\\HasNoChildren \\Junk) "/" "Lixo Eletr&APQ-nico"',
    ];
    const { session: on } = await open({ LIST: `${lines.map((line) => `* LIST ${line}\n`).join('')}${OK}` });
    const roles = (await on.listFolders(new Map())).flatMap(({ path, role }) => (role ? [[role, path]] : []));
    expect(Object.fromEntries(roles)).toEqual({
      inbox: 'INBOX',
      sent: 'Itens Enviados',
      drafts: 'Roźczï',
      trash: 'Müll',
      junk: 'Lixo Eletrônico',
    });
  });

  it('Q2: where the server says nothing of uses, known names count', async () => {
    const { session: on } = await open({ LIST: `* LIST () "/" INBOX\n* LIST () "/" "Sent Items"\n${OK}` });
    expect((await on.listFolders(new Map())).find(({ path }) => path === 'Sent Items')?.role).toBe('sent');
  });
});

describe('tokens', () => {
  const refusal = Buffer.from('{"status":"400","schemes":"Bearer","scope":"https://outlook.office.com"}').toString(
    'base64',
  );

  it('Q19: a refused token answers with a challenge, which is ended with an empty line; a new token is tried once', async () => {
    const { server: on } = await open(
      {
        AUTHENTICATE: ({ args }) =>
          Buffer.from(args.split(' ')[1], 'base64').includes('Bearer fresh') ? OK : `+ ${refusal}\n`,
        CONTINUE: 'A######## NO AUTHENTICATE failed.\n',
      },
      ['stale', 'fresh'],
    );
    expect(
      on.asked
        .filter(({ command }) => ['AUTHENTICATE', 'CONTINUE'].includes(command))
        .map(({ command, args }) => [command, args === '']),
    ).toEqual([
      ['AUTHENTICATE', false],
      ['CONTINUE', true],
      ['AUTHENTICATE', false],
    ]);
  });

  it('Q19: a token that is refused again is a refused login, and not tried a third time', async () => {
    const server = await serve({
      AUTHENTICATE: `+ ${refusal}\n`,
      CONTINUE: 'A######## NO AUTHENTICATE failed.\n',
    });
    await expect(ImapSession.open(server.connection())).rejects.toMatchObject({ code: 'EMAIL_LOGIN_REFUSED' });
    expect(server.asked.filter(({ command }) => command === 'AUTHENTICATE')).toHaveLength(2);
  });

  it.each([
    ['NO [UNAVAILABLE] Temporary authentication failure.', 'EMAIL_SERVER_UNREACHABLE'],
    ['NO [LIMIT] Request is throttled. Suggested Backoff Time: 600000 milliseconds', 'EMAIL_THROTTLED'],
  ])('a login that is answered with “%s” is no refused token, and not tried again at once', async (said, code) => {
    const server = await serve({ AUTHENTICATE: `A######## ${said}\n` });
    await expect(ImapSession.open(server.connection())).rejects.toMatchObject({ code });
    expect(server.asked.filter(({ command }) => command === 'AUTHENTICATE')).toHaveLength(1);
  });

  it('Q3: “authenticated but not connected” after the login is tried once more on a new connection', async () => {
    const { server: on } = await open({
      NAMESPACE: [
        'A######## BAD User is authenticated but not connected.\n',
        '* NAMESPACE (("" "/")) NIL NIL\nA######## OK done\n',
      ],
    });
    expect(on.asked.filter(({ command }) => command === 'AUTHENTICATE')).toHaveLength(2);
  });

  it('Q3: and said in words when it stays so', async () => {
    const server = await serve({ NAMESPACE: 'A######## BAD User is authenticated but not connected.\n' });
    await expect(ImapSession.open(server.connection())).rejects.toMatchObject({ code: 'EMAIL_IMAP_DISABLED' });
  });

  it.each([
    ['* BYE Session invalidated - AccessTokenExpired\n', 'EMAIL_TOKEN_EXPIRED'],
    ['* BYE Connection is closed. 13\n', 'EMAIL_CONNECTION_LOST'],
    ['* BYE Request is throttled. Suggested Backoff Time: 600000 milliseconds\n', 'EMAIL_THROTTLED'],
  ])('Q7: %j during IDLE ends as %s', async (bye, code) => {
    const { session: on, server: from } = await open({ EXAMINE: opened(0, 1) });
    await look(on, null);
    const ended = expect(on.waitForChange('INBOX', new AbortController().signal)).rejects.toMatchObject({ code });
    await until('IDLE', async () => from.asked.some(({ command }) => command === 'IDLE'));
    from.say(bye);
    await ended;
  });
});

describe('a change that the server does not make', () => {
  const change = { add: ['\\Seen'], remove: [] };
  it.each([
    ['NO [INUSE] Mailbox is locked', 'EMAIL_FOLDER_BUSY', 'EMAIL_FOLDER_BUSY'],
    ['NO Not permitted', 'EMAIL_CHANGE_REFUSED', 'EMAIL_MOVE_REFUSED'],
    ['NO Request is throttled. Suggested Backoff Time: 600000 milliseconds', 'EMAIL_THROTTLED', 'EMAIL_THROTTLED'],
  ])('%s', async (said, ofFlags, ofMove) => {
    const answer = `A######## ${said}\n`;
    const script = { SELECT: opened(1, 2), 'UID STORE': answer, 'UID MOVE': answer };
    const { session: on } = await open(script);
    await expect(on.storeFlags('INBOX', ['7:1'] as RemoteId[], change)).rejects.toMatchObject({ code: ofFlags });
    const { session: other } = await open(script);
    await expect(other.move('INBOX', ['7:1'] as RemoteId[], 'Archive')).rejects.toMatchObject({ code: ofMove });
    await other.close();
  });
});

describe('what a look sees', () => {
  const first = message(1, 1) + message(2, 2);

  it('Q1: without CONDSTORE nothing of it is asked for', async () => {
    const { session: on, server: from } = await open({ EXAMINE: opened(2, 3), FETCH: `${first}${OK}` });
    const { cursor } = await look(on, null);
    expect((await look(on, cursor, 'everything')).strategy.kind).toBe('plain');
    expect(from.lines.filter((line) => /CONDSTORE|QRESYNC|CHANGEDSINCE|MODSEQ|ENABLE/i.test(line))).toEqual([]);
  });

  it('Q6: the last old message in answer to `n:*` is nothing new, and a UID that shows late is listed then', async () => {
    const { session: on } = await open({
      // EXISTS and UIDNEXT tell of message 3; only the third look can see it.
      EXAMINE: [opened(2, 3), opened(3, 4)],
      FETCH: [`${first}${OK}`, `${first}${OK}`, `${first}${message(3, 3)}${OK}`],
      'UID FETCH': [`${message(2, 2)}${OK}`, `${message(3, 3)}${OK}`],
    });
    const { cursor: known } = await look(on, null);
    const early = await look(on, known);
    expect(early.uids).not.toContain(3);
    expect(early.slices.flatMap(({ complete }) => complete).some(({ to }) => to >= 3)).toBe(false);
    expect((await look(on, early.cursor)).uids).toContain(3);
  });

  it('a server that does not tell UIDNEXT: new mail is found by the highest UID', async () => {
    const { session: on, server: from } = await open({
      EXAMINE: [opened(2, null), opened(3, null)],
      FETCH: `${first}${OK}`,
      'UID FETCH': `${message(3, 3)}${OK}`,
    });
    const { cursor } = await look(on, null);
    expect((await look(on, cursor)).uids).toEqual([3]);
    expect(from.asked.find(({ command }) => command === 'UID FETCH')?.args).toMatch(/^3:\* /);
  });

  it('a UIDNEXT that went back begins the folder anew', async () => {
    const { session: on } = await open({ EXAMINE: [opened(2, 3), opened(1, 2)], FETCH: `${first}${OK}` });
    const { cursor } = await look(on, null);
    expect(await look(on, cursor)).toMatchObject({ isReborn: true, strategy: { kind: 'first' } });
  });

  it('UID 0 is no message', async () => {
    const { session: on } = await open({ EXAMINE: opened(3, 9), FETCH: `${first}* 3 FETCH (UID 0)\n${OK}` });
    expect((await look(on, null)).uids).toEqual([1, 2]);
  });

  it('NOMODSEQ for a folder of a server with CONDSTORE: it is compared plainly', async () => {
    const { session: on } = await open({
      CAPABILITY: `* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 ENABLE CONDSTORE QRESYNC NAMESPACE\n${OK}`,
      ENABLE: `* ENABLED CONDSTORE QRESYNC\n${OK}`,
      EXAMINE: opened(2, 3, '* OK [NOMODSEQ] none\n'),
      FETCH: `${first}${OK}`,
    });
    const { cursor } = await look(on, null);
    expect((await look(on, cursor)).strategy.kind).toBe('plain');
  });

  it('VANISHED may name what never was', async () => {
    const capability = `* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 ENABLE CONDSTORE QRESYNC NAMESPACE\n${OK}`;
    const modseq = (value: number): string => `* OK [HIGHESTMODSEQ ${value}] ok\n`;
    const { session: on } = await open({
      CAPABILITY: capability,
      ENABLE: `* ENABLED CONDSTORE QRESYNC\n${OK}`,
      EXAMINE: [opened(2, 3, modseq(5)), opened(1, 3, modseq(6))],
      FETCH: `${first}${OK}`,
      'UID FETCH': `* VANISHED (EARLIER) 2,666\n${OK}`,
    });
    const { cursor } = await look(on, null);
    const { slices } = await look(on, cursor);
    expect(slices.flatMap(({ gone }) => gone)).toEqual([{ from: 2, to: 2 }]);
  });

  it.each([
    ['before the answer', (line: string) => `${line}${first}`],
    ['after it', (line: string) => `${first}${line}`],
  ])(
    'flags that somebody changes meanwhile are told %s, and are no message without size and date',
    async (_, fetch) => {
      const { session: on } = await open({
        EXAMINE: [opened(2, 3), opened(3, 4)],
        FETCH: `${fetch('* 1 FETCH (UID 1 FLAGS (\\Seen))\n* 2 FETCH (FLAGS (\\Seen))\n')}${OK}`,
        'UID FETCH': `* 3 FETCH (UID 3 FLAGS (\\Seen))\n${message(3, 3)}* 1 FETCH (UID 3 FLAGS (\\Seen))\n${OK}`,
      });
      const { slices, cursor } = await look(on, null);
      const again = await look(on, cursor);
      const states = [...slices, ...again.slices].flatMap((slice) => slice.states);
      expect(states.map(({ id, sizeBytes }) => [id, sizeBytes]).sort()).toEqual([
        ['7:1', 100],
        ['7:2', 100],
        ['7:3', 100],
      ]);
      expect(states.every(({ receivedAt }) => receivedAt.getUTCFullYear() === 2026)).toBe(true);
    },
  );

  it('Q5: “no longer exist” leaves what came, and what did not come is in no complete range', async () => {
    const { session: on } = await open({
      EXAMINE: opened(3, 4),
      FETCH: `${message(1, 1)}${message(3, 3)}A######## NO Some of the requested messages no longer exist.\n`,
    });
    const { uids, slices } = await look(on, null);
    expect([...uids].sort()).toEqual([1, 3]);
    expect(slices.flatMap(({ complete }) => complete).some(({ from, to }) => from <= 2 && to >= 2)).toBe(false);
  });

  it('Q5: a body that is gone meanwhile is missing from the answer, and the others are there', async () => {
    const source = 'From: a@x.test\n\nhello\n';
    const body = `* 1 FETCH (UID 1 RFC822.SIZE 25 BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1) BODY[]<0> {25}\n${source})\n`;
    const { session: on } = await open({
      EXAMINE: opened(2, 4),
      'UID FETCH': `${body}A######## NO Some of the requested messages no longer exist.\n`,
    });
    const kinds: string[] = [];
    for await (const one of on.contents('INBOX', ['7:1', '7:2'] as RemoteId[], 'usual'))
      kinds.push(`${one.id} ${one.kind}`);
    expect(kinds).toEqual(['7:1 source']);
  });

  it.each(['usual', 'small', 'careful'] as const)(
    'flags that are told before and after a body are no body (%s)',
    async (manner) => {
      const source = 'From: a@x.test\n\nhello\n';
      const seen = '* 1 FETCH (UID 1 FLAGS (\\Seen))\n* 2 FETCH (UID 2 FLAGS (\\Seen))\n* 2 FETCH (FLAGS (\\Seen))\n';
      const body = `* 1 FETCH (UID 1 RFC822.SIZE 25 BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1) BODY[]<0> {25}\n${source})\n`;
      const { session: on } = await open({ EXAMINE: opened(2, 4), 'UID FETCH': `${seen}${body}${seen}${OK}` });
      const kinds: string[] = [];
      for await (const one of on.contents('INBOX', ['7:1'] as RemoteId[], manner))
        kinds.push(one.kind === 'source' ? `${one.id} ${one.source.length}` : one.kind);
      expect(kinds).toEqual(['7:1 25']);
    },
  );

  it('flags that are told before a file’s bytes neither cut nor empty it', async () => {
    const seen = '* 1 FETCH (UID 1 FLAGS (\\Seen))\n';
    const answer = ({ args }: { args: string }): string => {
      if (args.includes('MIME')) return `${seen}* 1 FETCH (UID 1 BODY[2.MIME] "")\n${OK}`;
      return `${seen}* 1 FETCH (UID 1 BODY[2]<0> "the file")\n${OK}`;
    };
    const { session: on } = await open({ EXAMINE: opened(1, 2), 'UID FETCH': answer });
    const chunks: Buffer[] = [];
    for await (const chunk of await on.fetchPart('INBOX', '7:1' as RemoteId, '2')) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('the file');
  });
});
