import { isStorable } from '../../src/server/mail/storable';
import type { RemoteId } from '../../src/server/mail/ids';
import { describeWith, publicData } from '../support/corpora';
import { replaySessions } from '../support/replay-session';

const OK = 'A######## OK done\n';
const SELECTED = `* 1 EXISTS\n* OK [UIDVALIDITY 7] ok\n* OK [UIDNEXT 2] ok\n${OK}`;
const MESSAGE = '* 1 FETCH (UID 1 FLAGS () INTERNALDATE "01-Jan-2026 00:00:00 +0000" RFC822.SIZE 100)\n';

/** Null where the data is absent. */
function casesOf<T>(file: string, what: string): T[] | null {
  const data = publicData(`_cases/${file}`, what);
  return data ? (JSON.parse(data.toString()) as { cases: T[] }).cases : null;
}

const { open } = replaySessions();

interface Response {
  readonly id: string;
  readonly title: string;
  readonly response: string;
}
const responses = casesOf<Response>('imap-netimap-responses.json', 'responses of IMAP servers');

describeWith(responses)('said in the middle of a session', () => {
  // A tagged line is an answer to a command that we did not send; a PREAUTH is a greeting.
  const untagged = (responses ?? []).filter(({ response }) => /^\* (?!PREAUTH)/.test(response));

  it('covers most of the set', () => expect(untagged.length).toBeGreaterThan(35));

  it.each(untagged.map(({ title, response }) => [title, response]))('“%s” ends nothing', async (_title, response) => {
    const { session: on } = await open({
      LIST: `* LIST () "/" INBOX\n${response}${OK}`,
      EXAMINE: SELECTED,
      FETCH: `${response}${MESSAGE}${OK}`,
    });
    expect((await on.listFolders(new Map())).map(({ path }) => path)).toContain('INBOX');
    const seen: string[] = [];
    const { slices } = await on.observe('INBOX', { since: null, depth: 'changes', budget: 10 });
    for await (const slice of slices) seen.push(...slice.states.map(({ id }) => id));
    expect(seen).toContain('7:1');
  });

  it('a mail whose structure is named wrongly has a name for its file', async () => {
    const { response } = (responses ?? []).find(({ id }) => id.includes('body_structure')) as Response;
    const source = 'From: a@x.test\r\n\r\nhello\r\n';
    const answer = response
      .trimEnd()
      .replace(/\)$/, ` RFC822.SIZE ${source.length} BODY[]<0> {${source.length}}\n${source})\n`);
    const { session: on } = await open({ EXAMINE: SELECTED, 'UID FETCH': `${answer}${OK}` });
    const parts: (string | null)[][] = [];
    for await (const one of on.contents('INBOX', ['7:2862' as RemoteId], 'usual'))
      if (one.kind === 'source') parts.push(...(one.parts ?? []).map(({ type, filename }) => [type, filename]));
    expect(parts).toEqual([
      ['text/plain', null],
      ['text/html', null],
      ['message/rfc822', 'Fw_ ____ _____ ____.eml'],
    ]);
  });
});

interface Name {
  readonly id: string;
  readonly wire: string;
  readonly name: string;
  readonly valid: boolean;
  readonly op: 'encode' | 'decode' | 'both';
}
const names = casesOf<Name>('imap-utf7.json', 'names of mailboxes');

describeWith(names)('a folder whose name is, on the wire,', () => {
  // Characters beyond Latin-1 never travel in an IMAP4rev1 name.
  const listed = (names ?? []).filter(({ wire }) => /^[\x20-\x7e]+$/.test(wire) && !/["\\*%]/.test(wire));

  it.each(listed.map((one) => [one.wire, one] as const))(
    '%j is opened under that very name, or left alone',
    async (wire, one) => {
      const { session: on, server: from } = await open({
        LIST: `* LIST () "/" "${wire}"\n* LIST () "/" INBOX\n${OK}`,
        EXAMINE: SELECTED,
        FETCH: `${MESSAGE}${OK}`,
      });
      const [folder, ...others] = (await on.listFolders(new Map())).filter(({ path }) => path !== 'INBOX');
      expect(others).toEqual([]);
      // A line break cannot be sent, NUL and lone surrogates cannot be kept, and a name that is none cannot be opened: all are left alone.
      const isOpen = !/[\u0000\r\n]/.test(one.name) && one.name.isWellFormed() && one.name !== '';
      if (one.valid)
        expect([folder.isSelectable, isOpen ? folder.path : null]).toEqual([isOpen, isOpen ? one.name : null]);
      expect(isStorable(folder.path) && isStorable(folder.name)).toBe(true);
      if (!folder.isSelectable) return;
      await on.observe(folder.path, { since: null, depth: 'changes', budget: 10 });
      const asked = from.asked.find(({ command }) => command === 'EXAMINE')?.args.replace(/^"(.*)"$/, '$1');
      if (one.valid) expect(asked).toBe(wire);
      else expect(asked).toBeTruthy();
    },
  );
});
