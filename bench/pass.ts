import type { Database } from '@nocobase/database';
import type { ImapFlow } from 'imapflow';
import type { AccountId } from '../src/server/mail/ids';
import type { Wiring } from '../src/server/wiring';
import { createTestApp, type TestApp } from '../tests/support/app';
import { ALICE, configureProvider, linkAccount, synced } from '../tests/support/linked';
import { inMailbox } from '../tests/support/mailbox-client';
import { startTestSandbox, type TestSandbox } from '../tests/support/sandbox';
import { bareClient } from './bare-client';
import { cpuSeconds, machine, publish, table, timesOf } from './report';

const TURNS = Number(process.env.EMAIL_BENCH_TURNS ?? 40);
const FOLDERS = 12;
const WARM_UP = 3;
const MAILS = 300;
/** Our pass against the bare round, medians. */
const LIMIT = 2;
const PATIENCE_MS = 20_000;

/** Ends a wait of the worker for a pass: what its interval does every few minutes, or a request to the API. */
type Ask = () => Promise<unknown>;

/** Nothing has happened in a mailbox of twelve folders: what it costs to find that out. */
export async function run(): Promise<void> {
  const sandbox = await startTestSandbox('dovecot', MAILS);
  const app = await createTestApp();
  try {
    await makeFolders(sandbox);
    await configureProvider(app, sandbox.addresses);
    const user = await app.user('bench');
    const account = await linkAccount(app, user, ALICE);
    await synced(user, account.id);
    const accessToken = await sandbox.control<string>('token', { upn: ALICE.upn });
    const client = await bareClient(sandbox.addresses.imapPort, ALICE.upn, accessToken, { disableAutoIdle: true });
    const asks: readonly Ask[] = [
      () => wiringOf(app).services.wakeups.wakeSync(account.id as AccountId, 'pass'),
      () => user.post('/api/emailAccounts:sync', { accountId: account.id }),
    ];
    const recorded = passRecorded(app);
    const bare: number[] = [];
    const ours: readonly number[][] = asks.map(() => []);
    const cpu = cpuSeconds();
    for (let turn = 0; turn < TURNS + WARM_UP; turn += 1) {
      const round = await timeOf(() => statusRound(client));
      if (turn >= WARM_UP) bare.push(round);
      for (const [at, ask] of asks.entries()) {
        const pass = await timeOf(() => Promise.all([recorded(), ask()]));
        if (turn >= WARM_UP) ours[at].push(pass);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    publish('pass', page(bare, ours, cpuSeconds() - cpu));
    client.close();
  } finally {
    await app.destroy();
    await sandbox.stop();
  }
}

async function makeFolders(sandbox: TestSandbox): Promise<void> {
  await inMailbox(sandbox, ALICE.upn, async (client) => {
    for (let count = (await client.list()).length; count < FOLDERS; count += 1)
      await client.mailboxCreate(`Project ${count}`);
  });
}

/** The list of folders, and of each what STATUS says: what nobody who wants to know can do without. */
async function statusRound(client: ImapFlow): Promise<void> {
  const folders = await client.list();
  for (const { path } of folders)
    await client.status(path, { messages: true, uidNext: true, uidValidity: true, unseen: true });
  if (folders.length !== FOLDERS) throw new Error(`${folders.length} folders`);
}

const wiringOf = (app: TestApp): Wiring =>
  (app.app.pm.get('nocobase-plugin-email-manager') as unknown as { wiring: Wiring }).wiring;

/**
 * Each call of what this answers waits until the account's row says again that a pass went through. Heard from Sequelize, since asking the
 * database all the time would take its time from what is measured.
 */
function passRecorded(app: TestApp): () => Promise<void> {
  const { db } = app.app as unknown as { db: Database };
  let tell: () => void = () => undefined;
  let isWritten = false;
  db.sequelize.addHook('afterQuery', (_options: unknown, query: unknown) => {
    const sql = String((query as { sql?: unknown }).sql);
    isWritten ||= sql.startsWith('UPDATE') && sql.includes('lastPassAt');
    if (!isWritten || !sql.startsWith('COMMIT')) return;
    isWritten = false;
    tell();
  });
  return () =>
    new Promise((resolve, reject) => {
      const patience = setTimeout(() => reject(new Error('waited for a pass in vain')), PATIENCE_MS);
      tell = () => {
        clearTimeout(patience);
        resolve();
      };
    });
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function page(bare: readonly number[], ours: readonly (readonly number[])[], cpu: number): string {
  const theirs = timesOf(bare);
  const [alone, asked] = ours.map(timesOf);
  const line = (name: string, { p50, p95 }: typeof theirs, more: string): string[] => [
    name,
    p50.toFixed(0),
    p95.toFixed(0),
    more,
  ];
  const ratio = ({ p50 }: typeof theirs): string => `${(p50 / theirs.p50).toFixed(1)} ×`;
  const rows = [
    line('imapflow alone: LIST and a STATUS of each', theirs, ''),
    line('the worker is woken → pass recorded', alone, `${ratio(alone)} (wanted: ${LIMIT})`),
    line('the same asked for through the API, as *Sync now* does', asked, ratio(asked)),
  ];
  return `# A pass with nothing new

\`npm run bench -- pass --turns ${TURNS}\`: ${FOLDERS} folders, ${MAILS} mails, all known, through the Exchange-like face (no CONDSTORE, no LIST-STATUS), PostgreSQL; in turns with a bare client on a line of its own. Ours is until the account's row says that a pass went through, so with the end of IDLE and everything that is read and written in the database. Times in ms.

${table(['what', 'p50', 'p95', 'ratio of medians'], rows)}

${machine()}. This process used ${cpu.toFixed(1)} CPU seconds.`;
}
