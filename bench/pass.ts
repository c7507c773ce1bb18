import type { Database } from '@nocobase/database';
import type { ImapFlow } from 'imapflow';
import { createTestApp, type TestApp } from '../tests/support/app';
import { ALICE, configureProvider, linkAccount, synced } from '../tests/support/linked';
import { inMailbox } from '../tests/support/mailbox-client';
import { startTestSandbox, type TestSandbox } from '../tests/support/sandbox';
import { until } from '../tests/support/until';
import { bareClient } from './bare-client';
import { cpuSeconds, machine, publish, table, timesOf } from './report';

const TURNS = Number(process.env.EMAIL_BENCH_TURNS ?? 40);
const FOLDERS = 12;
const WARM_UP = 3;
const MAILS = 300;
/** Our pass against the bare round, medians. */
const LIMIT = 2;
const PATIENCE_MS = 20_000;

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
    const bare: number[] = [];
    const ours: number[] = [];
    const cpu = cpuSeconds();
    for (let turn = 0; turn < TURNS + WARM_UP; turn += 1) {
      const round = await timeOf(() => statusRound(client));
      const pass = await timeOf(async () => {
        const before = await lastPass(app);
        await user.post('/api/emailAccounts:sync', { accountId: account.id });
        await until('the pass', async () => (await lastPass(app)) !== before, PATIENCE_MS, 3);
      });
      if (turn >= WARM_UP) {
        bare.push(round);
        ours.push(pass);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
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

async function lastPass(app: TestApp): Promise<string> {
  const { db } = app.app as unknown as { db: Database };
  const name = db.getCollection('emailAccounts').quotedTableName() as string;
  const [[row]] = await db.sequelize.query(`SELECT "lastPassAt" FROM ${name}`);
  return String((row as { lastPassAt: unknown }).lastPassAt);
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function page(bare: readonly number[], ours: readonly number[], cpu: number): string {
  const [theirs, mine] = [timesOf(bare), timesOf(ours)];
  const line = (name: string, { p50, p95 }: typeof mine, more: string): string[] => [
    name,
    p50.toFixed(0),
    p95.toFixed(0),
    more,
  ];
  const rows = [
    line('imapflow alone: LIST and a STATUS of each', theirs, ''),
    line('*Sync now* → pass recorded', mine, `${(mine.p50 / theirs.p50).toFixed(1)} × (wanted: ${LIMIT})`),
  ];
  return `# A pass with nothing new

\`npm run bench -- pass --turns ${TURNS}\`: ${FOLDERS} folders, ${MAILS} mails, all known, through the Exchange-like face (no CONDSTORE, no LIST-STATUS), PostgreSQL; in turns with a bare client on a line of its own. Ours is a request to the API until the account's row says that a pass went through, so with the end of IDLE. Times in ms.

${table(['what', 'p50', 'p95', 'ratio of medians'], rows)}

${machine()}. This process used ${cpu.toFixed(1)} CPU seconds.`;
}
