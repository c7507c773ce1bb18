import type { Database } from '@nocobase/database';
import type { WireFolder, WireThreadPage } from '../src/shared/wire';
import { composeMailbox } from '../sandbox/fill/compose';
import { createTestApp, type Caller, type TestApp } from '../tests/support/app';
import { accountsOf, ALICE, beginLink, configureProvider, finishLink } from '../tests/support/linked';
import { inMailbox } from '../tests/support/mailbox-client';
import { startTestSandbox, type TestSandbox } from '../tests/support/sandbox';
import { floorOf, type Floor } from './floor';
import { milestones, type Milestones } from './milestones';
import { mirrorPrograms } from './mirror-programs';
import { rawFetches } from './raw-imap';
import { profiled, type Shares } from './profile';
import { machine, measure, publish, table, timed, type Measured } from './report';

const MESSAGES = Number(process.env.EMAIL_BENCH_MESSAGES ?? 1_000);
/** Whether programs that do nothing but copy a mailbox are measured, too. */
const WITH_PEERS = Boolean(process.env.EMAIL_BENCH_PEERS);
const NEWEST = 200;
/** A page looks when it is told of a change. What takes long is asked for now and then, exact to a twentieth: looking costs the same process tens of ms. */
const LOOK_EVERY_MS = 250;
const EXACT_TO = 0.05;
const OLDEST = 'zebracrossing';

let sandbox: TestSandbox;
let app: TestApp;
/** When the 200th newest mail came, and the oldest of all, ms. They stand alone, so that one question tells whether all newer ones are listed. */
let markAt = 0;
let oldestAt = 0;
let inbox: WireFolder | undefined;
let sources: readonly Buffer[] = [];
let floor: (Floor & { readonly page: Measured }) | null = null;

interface Copying {
  readonly steps: Milestones;
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
  const copied = (): Mirrors =>
    WITH_PEERS ? mirrorPrograms(dovecotPort, ALICE, process.env.NODE_EXTRA_CA_CERTS ?? '') : new Map();
  const mirrors = [copied()];
  const doors: Door[] = [];
  // The first time code is interpreted, and half as fast; a server runs for weeks, and imapflow alone is warm by then, too.
  await synchronise(user, dovecotPort);
  for (const [name, port] of [
    ['Exchange-like face', imapPort],
    ['Dovecot with all extensions', dovecotPort],
  ] as const) {
    const bare = async (): Promise<Raw> =>
      rawFetches(port, ALICE.upn, await sandbox.control<string>('token', { upn: ALICE.upn }));
    const before = await bare();
    const ours = await synchronise(user, port);
    doors.push({ name, raw: [before, await bare()], ours });
    mirrors.push(copied());
  }
  // Once more: sampling takes its time, too.
  const shares = await profiled(async () => void (await synchronise(user, dovecotPort)));
  publish('sync', page(doors, mirrors, shares));
}

/** As many mails as asked for in the inbox; the oldest and the 200th have no conversation but their own. */
async function fill(): Promise<void> {
  const mails = await composeMailbox([ALICE.upn.split('@')[0], ALICE.upn], MESSAGES, 1, new Date());
  const newestFirst: Pick<(typeof mails)[number], 'raw' | 'flags' | 'receivedAt'>[] = [...mails].sort(
    (a, b) => Number(b.receivedAt) - Number(a.receivedAt),
  );
  // IMAP knows seconds.
  markAt = Math.floor(Number(newestFirst[NEWEST - 2].receivedAt) / 1_000) * 1_000 - 1_000;
  const alone = (at: number, text: string) => ({
    raw: Buffer.from(
      `From: a@x.test\r\nTo: ${ALICE.upn}\r\nSubject: ${text}\r\nMessage-ID: <${text}@x>\r\nDate: ${new Date(at).toUTCString()}\r\n\r\n${text}\r\n`,
    ),
    flags: ['\\Seen'],
    receivedAt: new Date(at),
  });
  newestFirst.splice(NEWEST - 1, 0, alone(markAt, 'mark'));
  oldestAt = Math.floor((Number(newestFirst[newestFirst.length - 1].receivedAt) - 86_400_000) / 1_000) * 1_000;
  sources = newestFirst.map(({ raw }) => raw);
  await inMailbox(sandbox, ALICE.upn, async (client) => {
    for (const { raw, flags, receivedAt } of [...newestFirst, alone(oldestAt, OLDEST)].reverse())
      await client.append('INBOX', raw, [...flags], receivedAt);
  });
}

/** Links the mailbox anew through one door, and says when what was there for the reader. */
async function synchronise(user: Caller, imapPort: number): Promise<Copying> {
  await configureProvider(app, sandbox.addresses, { imapPort });
  const callback = await finishLink(app, await beginLink(user), ALICE);
  if (callback.status !== 200) throw new Error(`callback ${callback.status} ${callback.text}`);
  const [account] = await accountsOf(user);
  inbox = undefined;
  const { db } = app.app as unknown as { db: Database };
  const steps = milestones(db);
  const socket = listening();
  const stopwatch = measure();
  await user.post('/api/emailAccounts:start', { accountId: account.id, since: null });
  const newest = await reached(stopwatch, () => isListed(user, markAt), socket.told);
  socket.stop();
  const listed = await reached(stopwatch, () => isListed(user, oldestAt));
  const searchable = await reached(stopwatch, async () => (await search(user, OLDEST)).threads.length === 1);
  floor ??= { ...(await floorOf(db, sources, NEWEST)), page: await pageOf(user) };
  await user.post('/api/emailAccounts:unlink', { accountId: account.id });
  return { steps: steps(), newest, listed, searchable };
}

const inboxOf = async (user: Caller): Promise<WireFolder | undefined> =>
  ((await user.get('/api/emailFolders:list')).body.data as WireFolder[]).find(({ role }) => role === 'inbox');

const search = async (user: Caller, query: string): Promise<WireThreadPage> =>
  (await user.post('/api/emailThreads:search', { query })).body.data as WireThreadPage;

/** Whether the mail of this time stands in the list. Asked of the list's page that begins there, which costs the reader least. */
async function isListed(user: Caller, at: number): Promise<boolean> {
  inbox ??= await inboxOf(user);
  if (!inbox) return false;
  const url = `/api/emailThreads:list?folderId=${inbox.id}&before=${at + 1}-1`;
  const { threads } = (await user.get(url)).body.data as WireThreadPage;
  return threads[0]?.lastMessageAt === at;
}

/** The newest page, asked for while nothing else is going on: the middle of some times. */
async function pageOf(user: Caller): Promise<Measured> {
  const times: Measured[] = [];
  for (let at = 0; at < 9; at += 1) times.push(await timed(async () => void (await isListed(user, markAt))));
  return times.sort((a, b) => a.ms - b.ms)[4];
}

async function reached(
  stopwatch: () => Measured,
  look: () => Promise<boolean>,
  pause: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<Measured> {
  const end = Date.now() + 30 * 60_000;
  while (!(await look())) {
    if (Date.now() > end) throw new Error('waited half an hour in vain');
    await pause(Math.max(LOOK_EVERY_MS, stopwatch().ms * EXACT_TO));
  }
  return stopwatch();
}

/** Hears what the application tells browsers through their socket. What it says while one asks counts for the next time. */
function listening(): { readonly told: () => Promise<void>; readonly stop: () => void } {
  const application = app.app as unknown as NodeJS.EventEmitter;
  let isTold = false;
  let wake = (): void => undefined;
  const hear = (): void => {
    isTold = true;
    wake();
  };
  application.on('ws:sendToUser', hear);
  const told = async (): Promise<void> => {
    if (!isTold)
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 1_000).unref();
      });
    isTold = false;
  };
  return { told, stop: () => void application.off('ws:sendToUser', hear) };
}

type Mirrors = ReturnType<typeof mirrorPrograms>;
type Raw = Awaited<ReturnType<typeof rawFetches>>;

/** What was measured through one way into the mailbox; the bare fetches before and after ours. */
interface Door {
  readonly name: string;
  readonly raw: readonly Raw[];
  readonly ours: Copying;
}

function line(name: string, { ms, cpuSeconds, peakMb }: Measured, ratio = ''): string[] {
  return [name, (ms / 1_000).toFixed(2), cpuSeconds.toFixed(1), peakMb.toFixed(0), ratio];
}

/** The middle one; of two, what lies between them. */
function medianOf(times: readonly Measured[]): number {
  const sorted = times.map(({ ms }) => ms).sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/** @param mbsyncMs null where it was not run */
function linesOf({ name, raw, ours }: Door, mbsyncMs: number | null): string[][] {
  const times = (mine: Measured, theirs: number): string => `${(mine.ms / theirs).toFixed(1)} ×`;
  const bare = (what: keyof Raw): number => medianOf(raw.map((one) => one[what]));
  return [
    ...raw.flatMap((one, at) => [
      line(`${name}: imapflow alone, newest 200 (${at + 1})`, one.newest),
      line(`${name}: imapflow alone, all headers (${at + 1})`, one.listed),
      line(`${name}: imapflow alone, all sources (${at + 1})`, one.sources),
    ]),
    line(`${name}: newest 200 listed`, ours.newest, `${times(ours.newest, bare('newest'))} the bare fetch`),
    line(`${name}: all listed`, ours.listed, `${times(ours.listed, bare('listed'))} the bare fetch`),
    line(`${name}: all searchable`, ours.searchable, mbsyncMs ? `${times(ours.searchable, mbsyncMs)} mbsync` : ''),
  ];
}

/** What nobody who stores the same on this platform can do without, against the same others. */
function linesOfFloor(
  { heads, newestHeads, parsed, words, listed, newestListed, stored, page: shown }: NonNullable<typeof floor>,
  door: Door,
  mbsyncMs: number | null,
): string[][] {
  const fetched = medianOf(door.raw.map((one) => one.listed));
  const first = medianOf(door.raw.map((one) => one.newest));
  const newest = first + newestHeads.ms + newestListed.ms + shown.ms;
  const list = fetched + heads.ms + listed.ms;
  const all = medianOf(door.raw.map((one) => one.sources)) + parsed.ms + words.ms + stored.ms;
  return [
    line('bound: every header parsed once, by the library alone', heads),
    line('bound: the rows of the list with their indexes written once, by the driver alone', listed),
    line('bound: every mail parsed once, by the library alone', parsed),
    line('bound: words for the index taken once', words),
    line('bound: the rows of everything, with texts, indexes and words, written once, by the driver alone', stored),
    line('bound: one page of the list, asked of an application that does nothing else', shown),
    [
      `bound: the newest ${NEWEST} (fetch, headers, rows, one page), one after the other`,
      (newest / 1_000).toFixed(2),
      '',
      '',
      `${(newest / first).toFixed(1)} × the bare fetch`,
    ],
    [
      'bound: the list (fetch, headers, rows), one after the other',
      (list / 1_000).toFixed(2),
      '',
      '',
      `${(list / fetched).toFixed(1)} × the bare fetch`,
    ],
    [
      'bound: everything, one after the other',
      (all / 1_000).toFixed(2),
      '',
      '',
      mbsyncMs ? `${(all / mbsyncMs).toFixed(1)} × mbsync` : '',
    ],
  ];
}

function linesOfSteps({ steps, newest }: Copying): string[][] {
  return [...steps, ['seen through the API', newest.ms] as const].map(([step, ms]) => [step, ms.toFixed(0)]);
}

function linesOfShares(shares: Shares): string[][] {
  const all = shares.reduce((sum, [, ms]) => sum + ms, 0);
  return shares.map(([part, ms]) => [part, (ms / 1_000).toFixed(2), `${((100 * ms) / all).toFixed(0)} %`]);
}

function page(doors: readonly Door[], mirrors: readonly Mirrors[], shares: Shares): string {
  const runsOf = (name: string): Measured[] => mirrors.flatMap((one) => one.get(name) ?? []);
  const names = [...mirrors[0].keys()];
  const mbsync = runsOf('mbsync');
  const rows = [
    ...names.flatMap((name) => runsOf(name).map((one, at) => line(`${name}, everything (${at + 1})`, one))),
    ...doors.flatMap((door) => linesOf(door, mbsync.length > 0 ? medianOf(mbsync) : null)),
  ];
  const last = doors[doors.length - 1];
  if (floor) rows.push(...linesOfFloor(floor, last, mbsync.length > 0 ? medianOf(mbsync) : null));
  const missing = names.filter((name) => runsOf(name).length === 0);
  const others = WITH_PEERS ? ' --peers' : '';
  return `# Synchronising a mailbox

\`npm run bench -- sync --messages ${MESSAGES}${others}\`: ${MESSAGES.toLocaleString('en-US')} mails in one inbox of Dovecot over TLS, copied into SQLite; seen through the API by whoever asks when the socket tells of a change, from the click on *Start synchronising*, so with connecting and storing, by a process that has done it once before. Others are measured in the same run, between ours. Seconds, CPU seconds (ours: the whole application with API and database, without Dovecot) and peak memory in MB (ours: the whole process).

${table(['what', 's', 'CPU s', 'MB', 'ratio'], rows)}

How the newest ${NEWEST} come through Dovecot with all extensions, ms after the click (beside: imapflow alone connects, opens the inbox and fetches in ${medianOf(last.raw.map(({ newest }) => newest)).toFixed(0)} ms):

${table(['step', 'ms'], linesOfSteps(last.ours))}

Where the main thread was, sampled while the mailbox was synchronised once more through Dovecot with all extensions:

${table(['part', 's', 'share'], linesOfShares(shares))}

${machine()}.${missing.length > 0 ? ` Not installed here, so left out: ${missing.join(', ')}.` : ''}`;
}
