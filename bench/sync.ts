import type { WireFolder, WireThreadPage } from '../src/shared/wire';
import { composeMailbox } from '../sandbox/fill/compose';
import { createTestApp, type Caller, type TestApp } from '../tests/support/app';
import { accountsOf, ALICE, beginLink, configureProvider, finishLink } from '../tests/support/linked';
import { inMailbox } from '../tests/support/mailbox-client';
import { startTestSandbox, type TestSandbox } from '../tests/support/sandbox';
import { mirrorPrograms } from './mirror-programs';
import { rawFetches } from './raw-imap';
import { machine, measure, publish, table, type Measured } from './report';

const MESSAGES = Number(process.env.EMAIL_BENCH_MESSAGES ?? 1_000);
const OLDEST = 'zebracrossing';
const OLDEST_AT = Date.UTC(2024, 0, 1);

let sandbox: TestSandbox;
let app: TestApp;
interface Milestones {
  readonly newest: Measured;
  readonly listed: Measured;
  readonly searchable: Measured;
}

/** A mailbox is synchronised, beside programs that do less. */
export async function run(): Promise<void> {
  sandbox = await startTestSandbox('dovecot', 0);
  app = await createTestApp();
  try {
    await measureSync();
  } finally {
    await app.destroy();
    await sandbox.stop();
  }
}

async function measureSync(): Promise<void> {
  await fill();
  const { imapPort, dovecotPort } = sandbox.addresses as { imapPort: number; dovecotPort: number | null };
  if (dovecotPort === null) throw new Error('Dovecot is not there');
  const user = await app.user('bench');
  const raw = await rawFetches(dovecotPort, ALICE);
  const exchange = await synchronise(user, imapPort);
  const mirrors = mirrorPrograms(dovecotPort, ALICE, process.env.NODE_EXTRA_CA_CERTS ?? '');
  const again = await rawFetches(dovecotPort, ALICE);
  const full = await synchronise(user, dovecotPort);
  publish('sync', page({ raw: [raw, again], exchange, full, mirrors }));
}

/** As many mails as asked for in the inbox; the oldest has a word of its own. */
async function fill(): Promise<void> {
  const mails = await composeMailbox([ALICE.upn.split('@')[0], ALICE.upn], MESSAGES, 1, new Date());
  await inMailbox(sandbox, ALICE.upn, async (client) => {
    const first = `From: a@x.test\r\nTo: ${ALICE.upn}\r\nSubject: The first\r\nMessage-ID: <first@x>\r\nDate: Mon, 01 Jan 2024 10:00:00 +0000\r\n\r\n${OLDEST}\r\n`;
    await client.append('INBOX', Buffer.from(first), ['\\Seen'], new Date(OLDEST_AT));
    const oldestFirst = [...mails].sort((a, b) => Number(a.receivedAt) - Number(b.receivedAt));
    for (const { raw, flags, receivedAt } of oldestFirst) await client.append('INBOX', raw, [...flags], receivedAt);
  });
}

/** Links the mailbox anew through one door, and says when what was there for the reader. */
async function synchronise(user: Caller, imapPort: number): Promise<Milestones> {
  await configureProvider(app, sandbox.addresses, { imapPort });
  const callback = await finishLink(app, await beginLink(user), ALICE);
  if (callback.status !== 200) throw new Error(`callback ${callback.status} ${callback.text}`);
  const [account] = await accountsOf(user);
  const stopwatch = measure();
  await user.post('/api/emailAccounts:start', { accountId: account.id, since: null });
  const newest = await reached(stopwatch, async () => (await newestListed(user, 200)) >= 200);
  const listed = await reached(stopwatch, () => isListedToTheEnd(user));
  const searchable = await reached(stopwatch, async () => (await search(user, OLDEST)).threads.length === 1);
  await user.post('/api/emailAccounts:unlink', { accountId: account.id });
  return { newest, listed, searchable };
}

const inboxOf = async (user: Caller): Promise<WireFolder | undefined> =>
  ((await user.get('/api/emailFolders:list')).body.data as WireFolder[]).find(({ role }) => role === 'inbox');

const search = async (user: Caller, query: string): Promise<WireThreadPage> =>
  (await user.post('/api/emailThreads:search', { query })).body.data as WireThreadPage;

/** How many of the newest messages stand in the list, up to `most`. */
async function newestListed(user: Caller, most: number): Promise<number> {
  const inbox = await inboxOf(user);
  if (!inbox) return 0;
  let count = 0;
  for (let before = ''; count < most;) {
    const url = `/api/emailThreads:list?folderId=${inbox.id}${before && `&before=${before}`}`;
    const { threads, nextBefore } = (await user.get(url)).body.data as WireThreadPage;
    count += threads.reduce((sum, { messageCount }) => sum + messageCount, 0);
    if (!nextBefore) break;
    before = nextBefore;
  }
  return count;
}

/** Headers come newest first, so the oldest one, whose time stands alone, is the last. */
async function isListedToTheEnd(user: Caller): Promise<boolean> {
  const inbox = await inboxOf(user);
  if (!inbox) return false;
  const url = `/api/emailThreads:list?folderId=${inbox.id}&before=${OLDEST_AT + 1}-1`;
  return ((await user.get(url)).body.data as WireThreadPage).threads.length > 0;
}

async function reached(stopwatch: () => Measured, look: () => Promise<boolean>): Promise<Measured> {
  const end = Date.now() + 30 * 60_000;
  while (!(await look())) {
    if (Date.now() > end) throw new Error('waited half an hour in vain');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return stopwatch();
}

type Raw = Awaited<ReturnType<typeof rawFetches>>;

function page({
  raw,
  exchange,
  full,
  mirrors,
}: {
  raw: readonly Raw[];
  exchange: Milestones;
  full: Milestones;
  mirrors: ReadonlyMap<string, Measured | null>;
}): string {
  const line = (name: string, { ms, cpuSeconds, peakMb }: Measured, ratio = ''): string[] => [
    name,
    (ms / 1_000).toFixed(1),
    cpuSeconds.toFixed(1),
    peakMb.toFixed(0),
    ratio,
  ];
  const mean = (pick: (one: Raw) => Measured): number => raw.reduce((sum, one) => sum + pick(one).ms, 0) / raw.length;
  const times = (ours: Measured, theirs: number): string => `${(ours.ms / theirs).toFixed(2)} ×`;
  const mbsync = mirrors.get('mbsync');
  const ours = (name: string, one: Milestones): string[][] => [
    line(
      `newest 200 listed, ${name}`,
      one.newest,
      `${times(
        one.newest,
        mean(({ newest }) => newest),
      )} the bare fetch`,
    ),
    line(
      `all listed, ${name}`,
      one.listed,
      `${times(
        one.listed,
        mean(({ listed }) => listed),
      )} the bare fetch`,
    ),
    line(`all searchable, ${name}`, one.searchable, mbsync ? `${times(one.searchable, mbsync.ms)} mbsync` : ''),
  ];
  const rows = [
    ...raw.flatMap((one, at) => [
      line(`imapflow alone, newest 200 (${at + 1})`, one.newest),
      line(`imapflow alone, all headers (${at + 1})`, one.listed),
      line(`imapflow alone, all sources (${at + 1})`, one.sources),
    ]),
    ...[...mirrors].flatMap(([name, one]) => (one ? [line(`${name}, everything`, one)] : [])),
    ...ours('Exchange-like face', exchange),
    ...ours('Dovecot with all extensions', full),
  ];
  const missing = [...mirrors].flatMap(([name, one]) => (one ? [] : [name]));
  return `# Synchronising a mailbox

\`npm run bench -- sync --messages ${MESSAGES}\`: ${MESSAGES.toLocaleString('en-US')} mails in one inbox of Dovecot over TLS, copied into SQLite; seen through the API, from the click on *Start synchronising*, so with connecting and storing. Seconds, CPU seconds (ours: the whole application with API and database, without Dovecot) and peak memory in MB (ours: the whole process).

${table(['what', 's', 'CPU s', 'MB', 'ratio'], rows)}

${machine()}.${missing.length > 0 ? ` Not installed here, so left out: ${missing.join(', ')}.` : ''}`;
}
