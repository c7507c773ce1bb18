import type { Database } from '@nocobase/database';
import { createTestApp, type TestApp } from '../tests/support/app';
import { ALICE, BOB, configureProvider, linkAccount, type Person } from '../tests/support/linked';
import { startTestSandbox } from '../tests/support/sandbox';
import { until } from '../tests/support/until';
import { importMails } from './fill-maildirs';
import { machine, measure, publish, table } from './report';

const MESSAGES = Number(process.env.EMAIL_BENCH_MESSAGES ?? 500_000);
/** MB more than before that listing may take. */
const LIMIT_MB = 64;
const PATIENCE_MS = 30 * 60_000;
const MB = 2 ** 20;

/** What one listing took at most, above what was there before. */
interface Seen {
  readonly beforeMb: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/**
 * A very large folder is listed for the first time: how much memory that takes. Once with garbage collected every second, which tells what is needed,
 * and once with the collector left alone, which also tells of its leisure.
 */
export async function run(): Promise<void> {
  const gc = global.gc;
  // What is published says that garbage was collected.
  if (!gc) throw new Error('run with --expose-gc, as `npm run bench` does');
  const collect = (): void => void gc();
  process.env.SANDBOX_MAIL_FORMAT = 'mdbox';
  const sandbox = await startTestSandbox('dovecot', 0);
  const app = await createTestApp();
  try {
    for (const { upn } of [ALICE, BOB]) importMails(sandbox, upn, MESSAGES);
    await configureProvider(app, sandbox.addresses);
    const needed = await listing(app, ALICE, collect, true);
    const leisurely = await listing(app, BOB, collect, false);
    publish('memory', page(needed, leisurely));
  } finally {
    await app.destroy();
    await sandbox.stop();
  }
}

async function listing(app: TestApp, person: Person, collect: () => void, collects: boolean): Promise<Seen> {
  const user = await app.user(`bench-${person.upn}`);
  // Once before, so that what is loaded and compiled on first use is not counted.
  await user.get('/api/emailFolders:list');
  collect();
  const before = process.memoryUsage();
  const peak = { rss: before.rss, heap: before.heapUsed };
  const sampler = setInterval(
    () => {
      if (collects) collect();
      const { rss, heapUsed } = process.memoryUsage();
      peak.rss = Math.max(peak.rss, rss);
      peak.heap = Math.max(peak.heap, heapUsed);
    },
    collects ? 1_000 : 100,
  );
  const stopwatch = measure();
  const { id } = await linkAccount(app, user, person);
  await untilListed(app, id);
  clearInterval(sampler);
  const { ms, cpuSeconds } = stopwatch();
  const [rssMb, heapMb] = [(peak.rss - before.rss) / MB, (peak.heap - before.heapUsed) / MB];
  return { beforeMb: before.rss / MB, rssMb, heapMb, seconds: ms / 1_000, cpuSeconds };
}

async function untilListed(app: TestApp, account: number): Promise<void> {
  const { db } = app.app as unknown as { db: Database };
  const name = db.getCollection('emailFolders').quotedTableName() as string;
  const listed = `SELECT 1 FROM ${name} WHERE role = 'inbox' AND \`accountId\` = ${account} AND \`scannedAt\` IS NOT NULL`;
  const look = async (): Promise<boolean> => (await db.sequelize.query(listed))[0].length > 0;
  await until('the inbox to be listed', look, PATIENCE_MS, 250);
}

function page(needed: Seen, leisurely: Seen): string {
  const lines = (name: string, { rssMb, heapMb, beforeMb }: Seen, limit: string): string[][] => [
    [`${name}: resident memory`, beforeMb.toFixed(0), rssMb.toFixed(0), limit],
    [`${name}: JavaScript heap`, '', heapMb.toFixed(0), '–'],
  ];
  const rows = [
    ...lines('garbage collected once a second', needed, String(LIMIT_MB)),
    ...lines('the collector left alone', leisurely, '–'),
  ];
  const times = [needed, leisurely].map(
    ({ seconds, cpuSeconds }) => `${seconds.toFixed(0)} s and ${cpuSeconds.toFixed(0)} CPU seconds`,
  );
  return `# Memory while a very large folder is listed

\`npm run bench -- memory --messages ${MESSAGES}\`: an inbox of ${MESSAGES.toLocaleString('en-US')} mails in Dovecot is listed for the first time through the Exchange-like face into SQLite, with linking, and with the headers of the newest; then that of somebody else. MB that the whole process (host, API, database) had at most, above what it had before. The first time garbage is collected once a second and memory looked at right after: what is needed. The second time V8 collects when it likes, memory is looked at ten times a second, and garbage that nobody was in a hurry to collect is in it: how much follows from the size of the heap that there was before, not from the folder.

${table(['what', 'MB before', 'MB more', 'limit'], rows)}

Listing took ${times.join(', then ')}. ${machine()}.`;
}
