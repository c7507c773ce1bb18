import type { Database } from '@nocobase/database';
import { createTestApp, type TestApp } from '../tests/support/app';
import { ALICE, configureProvider, linkAccount } from '../tests/support/linked';
import { startTestSandbox } from '../tests/support/sandbox';
import { until } from '../tests/support/until';
import { importMails } from './fill-maildirs';
import { machine, measure, publish, table } from './report';

const MESSAGES = Number(process.env.EMAIL_BENCH_MESSAGES ?? 500_000);
/** MB more than before that listing may take. */
const LIMIT_MB = 64;
const PATIENCE_MS = 30 * 60_000;
const MB = 2 ** 20;

/** A very large folder is listed for the first time: how much memory that takes. */
export async function run(): Promise<void> {
  const collect = global.gc;
  // What is published says that garbage was collected.
  if (!collect) throw new Error('run with --expose-gc, as `npm run bench` does');
  process.env.SANDBOX_MAIL_FORMAT = 'mdbox';
  const sandbox = await startTestSandbox('dovecot', 0);
  const app = await createTestApp();
  try {
    importMails(sandbox, ALICE.upn, MESSAGES);
    await configureProvider(app, sandbox.addresses);
    const user = await app.user('bench');
    // Once before, so that what is loaded and compiled on first use is not counted.
    await user.get('/api/emailFolders:list');
    collect();
    const before = process.memoryUsage();
    const peak = { rss: before.rss, heap: before.heapUsed };
    // Garbage is collected once a second, or its amount would tell of the collector's leisure: 350 MB in one run, 110 in the next.
    const sampler = setInterval(() => {
      collect();
      const { rss, heapUsed } = process.memoryUsage();
      peak.rss = Math.max(peak.rss, rss);
      peak.heap = Math.max(peak.heap, heapUsed);
    }, 1_000);
    const stopwatch = measure();
    await linkAccount(app, user, ALICE);
    await untilListed(app);
    clearInterval(sampler);
    const { ms, cpuSeconds } = stopwatch();
    const more = { rss: (peak.rss - before.rss) / MB, heap: (peak.heap - before.heapUsed) / MB };
    publish('memory', page({ ...more, seconds: ms / 1_000, cpuSeconds, beforeMb: before.rss / MB }));
  } finally {
    await app.destroy();
    await sandbox.stop();
  }
}

async function untilListed(app: TestApp): Promise<void> {
  const { db } = app.app as unknown as { db: Database };
  const name = db.getCollection('emailFolders').quotedTableName() as string;
  const listed = `SELECT 1 FROM ${name} WHERE role = 'inbox' AND \`scannedAt\` IS NOT NULL`;
  const look = async (): Promise<boolean> => (await db.sequelize.query(listed))[0].length > 0;
  await until('the inbox to be listed', look, PATIENCE_MS, 250);
}

interface Seen {
  readonly rss: number;
  readonly heap: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly beforeMb: number;
}

function page({ rss, heap, seconds, cpuSeconds, beforeMb }: Seen): string {
  const rows = [
    ['resident memory', rss.toFixed(0), String(LIMIT_MB)],
    ['JavaScript heap in use', heap.toFixed(0), '–'],
  ];
  return `# Memory while a very large folder is listed

\`npm run bench -- memory --messages ${MESSAGES}\`: an inbox of ${MESSAGES.toLocaleString('en-US')} mails in Dovecot is listed for the first time through the Exchange-like face into SQLite, with linking, and with the headers of the newest. MB that the whole process (host, API, database) had at most, looked at once a second after a garbage collection, above the ${beforeMb.toFixed(0)} MB before.

${table(['what', 'MB more', 'limit'], rows)}

Listing took ${seconds.toFixed(0)} s and ${cpuSeconds.toFixed(0)} CPU seconds. ${machine()}.`;
}
