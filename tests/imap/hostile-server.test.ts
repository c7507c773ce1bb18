import type { FolderCursor, FolderSlice } from '../../src/server/ports/session';
import type { ImapSession } from '../../src/server/providers/imap/session';
import type { Script } from '../support/replay-server';
import { replaySessions } from '../support/replay-session';

const OK = 'A######## OK done\n';
const CAPABILITIES = 'IMAP4rev1 AUTH=XOAUTH2 SASL-IR NAMESPACE';

const replay = replaySessions();

/** A server with these extensions. */
const open = (script: Script, extensions = '') =>
  replay.open({ CAPABILITY: `* CAPABILITY ${CAPABILITIES} ${extensions}\n${OK}`, ...script });

async function look(on: ImapSession, since: FolderCursor | null = null): Promise<FolderSlice[]> {
  const { slices } = await on.observe('INBOX', { since, depth: 'changes', budget: Number.MAX_SAFE_INTEGER });
  const all: FolderSlice[] = [];
  for await (const slice of slices) all.push(slice);
  return all;
}

const opened = (exists: number, more = ''): string =>
  `* ${exists} EXISTS\n* OK [UIDVALIDITY 7] ok\n* OK [UIDNEXT 9000] ok\n${more}${OK}`;
const message = (seq: number, uid: number, more = ''): string =>
  `* ${seq} FETCH (UID ${uid} FLAGS () INTERNALDATE "01-Jan-2026 00:00:00 +0000" RFC822.SIZE 100${more})\n`;

it('contents whose names are longer than a column stay two contents', async () => {
  const prefix = 'E'.repeat(64);
  const answers = [1, 2].map((n) => message(n, n, ` EMAILID (${prefix}${n})`)).join('');
  const { session: on } = await open({ EXAMINE: opened(2), FETCH: `${answers}${OK}` }, 'OBJECTID');
  const ids = (await look(on)).flatMap(({ states }) => states.map(({ emailId }) => emailId));
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) expect(id?.length).toBeLessThanOrEqual(64);
});

it('a folder whose MAILBOXID is longer than a column has one that fits', async () => {
  const id = 'M'.repeat(300);
  const { session: on } = await open({ EXAMINE: opened(0, `* OK [MAILBOXID (${id})] ok\n`) }, 'OBJECTID');
  const { objectId } = await on.observe('INBOX', { since: null, depth: 'changes', budget: 10 });
  expect(objectId).not.toBeNull();
  expect(objectId?.length).toBeLessThanOrEqual(255);
});

it('folders whose names no database keeps, or that could not be named to the server again, stay closed and apart', async () => {
  const odd = ['a&AAA-b', 'x&2AA-y', 'x&2AE-y', 'R&D', 'Gr\u00fc\u00dfe', 'L'.repeat(70_000)];
  const names = ['INBOX', 'Gr&APwA3w-e', 'Q&-A', ...odd];
  const lines = names.map((name) => `* LIST () "/" "${name}"\n`).join('');
  const { session: on } = await open({ LIST: `${lines}${OK}` });
  const folders = await on.listFolders(new Map());
  expect(folders.filter(({ isSelectable }) => isSelectable).map(({ path }) => path)).toEqual(['INBOX', 'Grüße', 'Q&A']);
  const closed = folders.filter(({ isSelectable }) => !isSelectable);
  expect(new Set(closed.map(({ path }) => path)).size).toBe(odd.length);
  for (const { path, name } of closed) {
    expect(path.isWellFormed() && name.isWellFormed() && !`${path}${name}`.includes('\u0000')).toBe(true);
    expect(path.length).toBeLessThan(300);
  }
});

it('a folder that counts more unread mails than there are numbers for is looked into', async () => {
  const { session: on } = await open({
    LIST: `* LIST () "/" INBOX\n${OK}`,
    STATUS: `* STATUS INBOX (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 7 UNSEEN 9999999999)\n${OK}`,
  });
  const [inbox] = await on.listFolders(new Map());
  expect(inbox.news).toMatchObject({ kind: 'some', unseen: null });
});

it('a VANISHED that names every UID there can be is one range, and takes no time', async () => {
  const { session: on } = await open(
    {
      ENABLE: `* ENABLED CONDSTORE QRESYNC\n${OK}`,
      EXAMINE: [opened(2, '* OK [HIGHESTMODSEQ 5] ok\n'), opened(2, '* OK [HIGHESTMODSEQ 6] ok\n')],
      FETCH: `${message(1, 3)}${message(2, 7)}${OK}`,
      'UID FETCH': `* VANISHED (EARLIER) 1:2,4:6,8:4294967295\n${OK}`,
    },
    'ENABLE CONDSTORE QRESYNC',
  );
  const [{ cursor }] = (await look(on)).filter((slice) => slice.cursor !== null);
  const before = process.cpuUsage();
  const gone = (await look(on, cursor)).flatMap((slice) => slice.gone);
  expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  expect(gone).toEqual([
    { from: 1, to: 2 },
    { from: 4, to: 6 },
    { from: 8, to: 8_999 },
  ]);
});

it('a folder that counts four thousand million mails and shows none is given up soon', async () => {
  const { session: on, server: from } = await open({ EXAMINE: opened(4_294_967_295), FETCH: OK });
  await expect(look(on)).rejects.toMatchObject({ code: 'EMAIL_FOLDER_BUSY' });
  expect(from.asked.filter(({ command }) => command === 'FETCH').length).toBeLessThan(10);
});
