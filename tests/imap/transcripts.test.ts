import type { RemoteId } from '../../src/server/mail/ids';
import type { FolderSlice, RemoteContent, RemoteFolder } from '../../src/server/ports/session';
import { describeWith, publicData } from '../support/corpora';
import type { Answer, Script } from '../support/replay-server';
import { replaySessions } from '../support/replay-session';

const RESOURCES = 'MailKit-imap-transcripts/UnitTests/Net/Imap/Resources';
const OK = 'A######## OK done\n';
const hasTranscripts = publicData(`${RESOURCES}/common/capability.txt`, 'transcripts of IMAP servers') !== null;

const transcript = (name: string): string =>
  (publicData(`${RESOURCES}/${name}`, name) ?? Buffer.alloc(0)).toString('latin1');
/** A folder of so many messages; UIDNEXT as given. */
const opened = (exists: number, uidNext: number | null, more = ''): string =>
  `* ${exists} EXISTS\n* OK [UIDVALIDITY 7] ok\n${uidNext === null ? '' : `* OK [UIDNEXT ${uidNext}] ok\n`}${more}${OK}`;

const { open } = replaySessions();

async function list(answer: Answer, more: Script = {}): Promise<RemoteFolder[]> {
  return (await open({ LIST: answer, ...more })).session.listFolders(new Map());
}

async function look(script: Script, since: string | null = null): Promise<FolderSlice[]> {
  const { session: opening } = await open(script);
  const { slices } = await opening.observe('INBOX', { since: since as never, depth: 'changes', budget: 1_000 });
  const all: FolderSlice[] = [];
  for await (const slice of slices) all.push(slice);
  return all;
}

/** The transcripts are of programs that asked for less than we do; a line without a size is flags that somebody changed. */
const withSizes = (answer: string): string =>
  answer.replace(/ FETCH \((?!.*RFC822\.SIZE)/g, ' FETCH (RFC822.SIZE 100 ');

async function contents(script: Script, uid: number): Promise<RemoteContent[]> {
  const { session: opening } = await open({ EXAMINE: opened(1, 99), ...script });
  const all: RemoteContent[] = [];
  for await (const one of opening.contents('INBOX', [`7:${uid}` as RemoteId], 'usual')) all.push(one);
  return all;
}

describeWith(hasTranscripts)('servers of others, as MailKit has recorded them', () => {
  it('Gmail: folders with their uses, a parent that cannot be opened, and names that are atoms', async () => {
    const capabilities =
      '* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 NAMESPACE LIST-EXTENDED LIST-STATUS SPECIAL-USE CONDSTORE\n';
    const folders = await list(transcript('gmail/list-all.txt'), { CAPABILITY: `${capabilities}${OK}` });
    const byPath = new Map(folders.map((folder) => [folder.path, folder]));
    expect(byPath.get('[Gmail]')?.isSelectable).toBe(false);
    expect(byPath.get('+Folder')).toMatchObject({ isSelectable: true, news: { kind: 'some', unseen: 0 } });
    expect(byPath.get('INBOX')?.role).toBe('inbox');
    expect(byPath.get('[Gmail]/All Mail')?.news).toMatchObject({ unseen: 3, namesFlags: true });
  });

  it('Dovecot: uses of folders from LIST', async () => {
    const folders = await list(transcript('dovecot/list-special-use.txt'));
    expect(Object.fromEntries(folders.map(({ path, role }) => [path, role]))).toMatchObject({
      Drafts: 'drafts',
      Junk: 'junk',
      'Sent Messages': 'sent',
      Trash: 'trash',
    });
  });

  it('iCloud: an inbox without children', async () => {
    expect(await list(transcript('icloud/list-inbox.txt'))).toMatchObject([{ path: 'INBOX', role: 'inbox' }]);
  });

  it.each(['exchange/greeting.txt', 'exchange/greeting-2007.txt', 'zoho/greeting.txt', 'common/basic-greeting.txt'])(
    'a session begins after the greeting of %s',
    async (name) => {
      const { session: opening } = await open({ GREETING: transcript(name), LIST: OK });
      expect(await opening.listFolders(new Map())).toEqual([]);
    },
  );

  it.each([
    'yandex/capability.txt',
    'lowercase/capability.txt',
    'zoho/capability.txt',
    'acl/capability.txt',
    'common/capability.txt',
  ])('a session begins with the capabilities of %s', async (name) => {
    const named = transcript(name).replace(/^(\* CAPABILITY [^\r\n]*)/i, '$1 AUTH=XOAUTH2');
    const inbox = (command: string): string => `* ${command} () "/" INBOX\n${OK}`;
    const folders = await list(inbox('LIST'), { CAPABILITY: named, XLIST: inbox('XLIST') });
    expect(folders.map(({ path }) => path)).toEqual(['INBOX']);
  });

  it('Strato: a namespace with another delimiter', async () => {
    const folders = await list('* LIST () "." INBOX.a\nA######## OK done\n', {
      NAMESPACE: transcript('strato.de/namespace.txt'),
    });
    expect(folders.map(({ path, delimiter }) => [path, delimiter])).toContainEqual(['INBOX.a', '.']);
  });

  it('AOL: attributes that nobody asked for, with a literal among them, hide no message', async () => {
    const slices = await look({
      EXAMINE: transcript('dovecot/select-unittests-messages.txt').replace('8 EXISTS', '7 EXISTS'),
      FETCH: withSizes(transcript('dovecot/fetch1.txt')),
    });
    const states = slices.flatMap((slice) => slice.states);
    expect(states.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7].map((uid) => `1436832084:${uid}`));
    expect([...states[0].flags].sort()).toEqual(['\\Answered', '\\Draft', '\\Seen']);
  });

  it('Zoho: a modseq of zero and UIDs with gaps', async () => {
    const answer = withSizes(transcript('zoho/fetch-negative-modseq-values.txt'));
    const uids = [...answer.matchAll(/UID (\d+)/g)].map((match) => Number(match[1]));
    const slices = await look({ EXAMINE: opened(uids.length, 9_999), FETCH: answer });
    expect(slices.flatMap((slice) => slice.states).map(({ id }) => Number(id.split(':')[1]))).toEqual(uids);
  });

  it.each(['gmail/fetch-nil-bodystructure.txt', 'gmail/fetch-quoted-string-bodystructure.txt'])(
    '%s: a multipart without parameters still has its two texts',
    async (name) => {
      const [structure] = transcript(name).split('\n');
      const source = 'From: a@x.test\r\n\r\nhello\r\n';
      const answer = structure.replace(
        /\)\r?$/,
        ` RFC822.SIZE ${source.length} BODY[]<0> {${source.length}}\n${source})`,
      );
      const [content] = await contents({ 'UID FETCH': `${answer}\n${OK}` }, 1);
      expect(content).toMatchObject({ kind: 'source', parts: [{ type: 'text/plain' }, { type: 'text/html' }] });
    },
  );

  it('Gmail: a whole mail comes byte for byte', async () => {
    const answer = transcript('gmail/fetch.3.txt').replace('BODY[]', 'RFC822.SIZE 679 BODY[]<0>');
    const [content] = await contents({ 'UID FETCH': answer }, 3);
    expect(
      content.kind === 'source' && [content.source.length, content.source.toString('latin1').slice(0, 44)],
    ).toEqual([679, 'Date: Thu,  6 Feb 1992 11:51:37 -0500 (EST)\r'.slice(0, 44)]);
  });

  it('Exchange: a move whose COPYUID comes without its OK line', async () => {
    const answer = transcript('exchange/issue115.txt').replace(/^/, '* OK ');
    const { session: opening } = await open({ SELECT: opened(1, 40), 'UID MOVE': answer });
    const moved = await opening.move('INBOX', ['7:31' as RemoteId], 'Archive');
    expect([...moved]).toEqual([['7:31', '55:6']]);
  });
});
