import type { Database } from '@nocobase/database';
import { createTestApp, type Caller, type TestApp } from '../tests/support/app';
import { beginLink, configureProvider, finishLink, type Person } from '../tests/support/linked';
import { startTestSandbox, type TestSandbox } from '../tests/support/sandbox';
import { nodesOf } from '../tests/support/second-node';
import { until } from '../tests/support/until';
import { fillMaildirs } from './fill-maildirs';
import { machine, measure, publish, table, type Measured } from './report';

const ACCOUNTS = Number(process.env.EMAIL_BENCH_ACCOUNTS ?? 1_000);
const MAILS = 20;
const MAILBOXES_OF_A_USER = 20;
/** Linked at the same time. */
const LINKING = 4;
const PATIENCE_MS = 30 * 60_000;
/** Longer than a connection that was lent is kept. */
const SETTLE_MS = 25_000;
const LIMIT_MB = 1.5;
const MB = 2 ** 20;

/** Very many mailboxes in one process: how long until all are up to date after a start, and what each costs while nothing happens. */
export async function run(): Promise<void> {
  // What is published says that garbage was collected.
  if (!global.gc) throw new Error('run with --expose-gc, as `npm run bench` does');
  process.env.SANDBOX_CROWD = String(ACCOUNTS);
  const sandbox = await startTestSandbox('dovecot', 0);
  const app = await createTestApp();
  try {
    const people = Array.from({ length: ACCOUNTS }, (_, at) => person(at + 1));
    fillMaildirs(
      sandbox,
      people.map(({ upn }) => upn),
      MAILS,
    );
    await configureProvider(app, sandbox.addresses);
    // Once before, so that what is loaded and compiled on first use is not counted.
    await app.root.get('/api/emailFolders:list');
    const fresh = await settled();
    const first = measure();
    await linkAll(app, people);
    await untilAll(app, `"lastSyncAt" IS NOT NULL`);
    publish('accounts', page({ fresh, linked: first(), ...(await restart(app, sandbox)) }));
  } finally {
    await app.destroy();
    await sandbox.stop();
  }
}

const person = (at: number): Person => ({ upn: `person${at}@contoso.test`, password: `person${at}pw` });

/** Everybody consents, and the mailbox is started, as in a browser. */
async function linkAll(app: TestApp, people: readonly Person[]): Promise<void> {
  const users: Caller[] = [];
  for (let at = 0; at * MAILBOXES_OF_A_USER < people.length; at += 1) users.push(await app.user(`bench${at}`));
  const waiting = [...people.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [at, who] = next;
      const user = users[Math.floor(at / MAILBOXES_OF_A_USER)];
      const callback = await finishLink(app, await beginLink(user), who);
      if (callback.status !== 200) throw new Error(`callback ${callback.status} ${callback.text}`);
    }
  };
  await Promise.all(Array.from({ length: LINKING }, () => work()));
  for (const user of users) {
    const accounts = (await user.get('/api/emailAccounts:list')).body.data as { id: number }[];
    for (const { id } of accounts) await user.post('/api/emailAccounts:start', { accountId: id, since: null });
  }
}

interface Restarted {
  readonly start: Measured;
  readonly before: NodeJS.MemoryUsage;
  readonly idle: NodeJS.MemoryUsage;
  readonly connections: number;
}

/** The background work ends, and begins again as on a node that has just come up. */
async function restart(app: TestApp, sandbox: TestSandbox): Promise<Restarted> {
  const { first, second } = nodesOf(app);
  await first.stop();
  const before = await settled();
  const startedAt = Date.now();
  const stopwatch = measure();
  second.start();
  await untilAll(app, `"lastSyncAt" > ${startedAt}`);
  const start = stopwatch();
  const idle = await settled();
  let connections = 0;
  for (let at = 1; at <= ACCOUNTS; at += 1)
    connections += (await sandbox.control<{ now: number }>('connections', { upn: person(at).upn })).now;
  await second.stop();
  return { start, before, idle, connections };
}

async function settled(): Promise<NodeJS.MemoryUsage> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  for (let turn = 0; turn < 3; turn += 1) {
    void global.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return process.memoryUsage();
}

async function untilAll(app: TestApp, are: string): Promise<void> {
  const { db } = app.app as unknown as { db: Database };
  const name = db.getCollection('emailAccounts').quotedTableName() as string;
  const look = async (): Promise<boolean> => {
    const [[row]] = await db.sequelize.query(`SELECT count(*) AS n FROM ${name} WHERE ${are}`);
    return Number((row as { n: unknown }).n) === ACCOUNTS;
  };
  await until('all mailboxes to be in sync', look, PATIENCE_MS, 500);
}

interface Seen extends Restarted {
  readonly fresh: NodeJS.MemoryUsage;
  readonly linked: Measured;
}

function page({ fresh, linked, start, before, idle, connections }: Seen): string {
  const each = (bytes: number): string => `${(bytes / MB / ACCOUNTS).toFixed(2)} MB`;
  const rows = [
    [
      'linking and first synchronisation of all',
      `${(linked.ms / 1_000).toFixed(0)} s`,
      linked.cpuSeconds.toFixed(0),
      '',
    ],
    ['cold start until all are in sync', `${(start.ms / 1_000).toFixed(0)} s`, start.cpuSeconds.toFixed(0), ''],
    ['resident memory of an idle account, all that came since', each(idle.rss - fresh.rss), '', `${LIMIT_MB} MB`],
    ['JavaScript heap of an idle account, against no background work', each(idle.heapUsed - before.heapUsed), '', '–'],
  ];
  return `# Many mailboxes

\`npm run bench -- accounts --n ${ACCOUNTS}\`: ${ACCOUNTS.toLocaleString('en-US')} mailboxes of ${MAILS} mails, each linked by consent, through the Exchange-like face into PostgreSQL, all on one node. The cold start begins with the background work of a node that has just come up: leases are taken, and connections opened no faster than ten a second to one host after the first twenty (so as not to look like an attack), which alone is ${((ACCOUNTS - 20) / 10).toFixed(0)} s. Afterwards ${connections.toLocaleString('en-US')} connections are open, each in IDLE. Memory is that of the process (host, API, background work) after garbage collection, divided by the number of accounts: resident above the ${(fresh.rss / MB).toFixed(0)} MB before anybody had linked a mailbox, heap above the ${(before.heapUsed / MB).toFixed(0)} MB with the background work ended.

${table(['what', 'seen', 'CPU s', 'wanted'], rows)}

${machine()}.`;
}
