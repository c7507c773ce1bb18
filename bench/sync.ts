import type { Database } from '@nocobase/database';
import type { WireFolder, WireThreadPage } from '../src/shared/wire';
import { composeMailbox } from '../sandbox/fill/compose';
import { createTestApp, type Caller, type TestApp } from '../tests/support/app';
import { accountsOf, ALICE, beginLink, configureProvider, finishLink } from '../tests/support/linked';
import { inMailbox } from '../tests/support/mailbox-client';
import { startTestSandbox, type TestSandbox } from '../tests/support/sandbox';
import { floorOf } from './floor';
import { milestones } from './milestones';
import { mirrorPrograms, type Mirrors } from './mirror-programs';
import { rawFetches, type RawFetches } from './raw-imap';
import { profiled } from './profile';
import { measure, publish, timed, type Measured } from './report';
import { syncPage, type Copying, type Door, type SyncFloor } from './sync-page';

const MESSAGES = Number(process.env.EMAIL_BENCH_MESSAGES ?? 1_000);
/** Whether programs that do nothing but copy a mailbox are measured, too. */
const WITH_PEERS = Boolean(process.env.EMAIL_BENCH_PEERS);
const NEWEST = 200;
/** Everything is measured so often, in turns; what counts is the middle. */
const ROUNDS = 3;
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
let floor: SyncFloor | null = null;

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
  // The first time code is interpreted, and half as fast; a server runs for weeks, and imapflow alone is warm by then, too.
  await synchronise(user, dovecotPort);
  const bare = async (port: number): Promise<RawFetches> =>
    rawFetches(port, ALICE.upn, await sandbox.control<string>('token', { upn: ALICE.upn }));
  const mirrors: Mirrors[] = [];
  const doors: (Door & { readonly port: number; readonly raw: RawFetches[]; readonly ours: Copying[] })[] = [
    { name: 'Exchange-like face', port: imapPort, raw: [], ours: [] },
    { name: 'Dovecot with all extensions', port: dovecotPort, raw: [], ours: [] },
  ];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { port, raw, ours } of doors) {
      raw.push(await bare(port));
      ours.push(await synchronise(user, port));
    }
    if (WITH_PEERS) mirrors.push(mirrorPrograms(dovecotPort, ALICE, process.env.NODE_EXTRA_CA_CERTS ?? ''));
  }
  if (!floor) throw new Error('nothing was synchronised');
  const bytes = sources.reduce((sum, { length }) => sum + length, 0);
  // Once more: sampling takes its time, too.
  const shares = await profiled(async () => void (await synchronise(user, dovecotPort)));
  publish('sync', syncPage({ messages: MESSAGES, newest: NEWEST, bytes, doors, mirrors, floor, shares }));
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
