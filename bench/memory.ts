import { fork } from 'node:child_process';
import path from 'node:path';
import { ALICE } from '../tests/support/linked';
import { startTestSandbox, type TestSandbox } from '../tests/support/sandbox';
import { importMails } from './fill-maildirs';
import type { Asked, Lister, Seen } from './one-listing';
import { machine, publish, table } from './report';

const MESSAGES = Number(process.env.EMAIL_BENCH_MESSAGES ?? 500_000);
/** MB more than before that listing may take. */
const LIMIT_MB = 64;

/** One way of listing, as the page names it. */
interface Way {
  readonly name: string;
  readonly lister: Lister;
  readonly collects: boolean;
}

const WAYS: readonly Way[] = [
  { name: 'ours, collected once a second', lister: 'application', collects: true },
  { name: 'ours, the collector left alone', lister: 'application', collects: false },
  { name: 'bound: imapflow alone, collected once a second', lister: 'imapflow', collects: true },
  { name: 'bound: imapflow alone, the collector left alone', lister: 'imapflow', collects: false },
];

/**
 * A very large folder is listed for the first time: how much memory that takes. Once with garbage collected every second, which tells what is needed,
 * and once with the collector left alone, which also tells of its leisure; the same with nothing but imapflow. Each in a process of its own.
 */
export async function run(): Promise<void> {
  process.env.SANDBOX_MAIL_FORMAT = 'mdbox';
  const sandbox = await startTestSandbox('dovecot', 0);
  try {
    importMails(sandbox, ALICE.upn, MESSAGES);
    const all: [Way, Seen][] = [];
    for (const way of WAYS) all.push([way, await listing(sandbox, way)]);
    publish('memory', page(all));
  } finally {
    await sandbox.stop();
  }
}

async function listing(sandbox: TestSandbox, { lister, collects }: Way): Promise<Seen> {
  const accessToken = await sandbox.control<string>('token', { upn: ALICE.upn });
  const asked: Asked = { lister, collects, addresses: sandbox.addresses, accessToken };
  return new Promise((resolve, reject) => {
    const child = fork(path.join(__dirname, 'one-listing.ts'), { execArgv: ['--expose-gc', '--import', 'tsx'] });
    child.once('message', (seen: Seen) => resolve(seen));
    child.once('exit', (code) => reject(new Error(`the process that lists ended with ${code}`)));
    child.send(asked);
  });
}

function page(all: readonly (readonly [Way, Seen])[]): string {
  const rows = all.map(([{ name, lister, collects }, { before, peak, mostHeapUsed, seconds, cpuSeconds }]) => {
    const more = {
      rss: peak.rss - before.rss,
      heap: peak.heapTotal - before.heapTotal,
      external: peak.external - before.external,
    };
    const limit = lister === 'application' && collects ? String(LIMIT_MB) : '–';
    const rest = more.rss - more.heap - more.external;
    const figures = [
      before.rss,
      more.rss,
      more.heap,
      more.external,
      rest,
      mostHeapUsed - before.heapUsed,
      seconds,
      cpuSeconds,
    ];
    return [name, ...figures.map((figure) => figure.toFixed(0)), limit];
  });
  const head = [
    'who',
    'MB before',
    'MB more',
    'of it V8’s heap',
    'buffers',
    'the rest',
    'used in the heap',
    's',
    'CPU s',
    'limit',
  ];
  return `# Memory while a very large folder is listed

\`npm run bench -- memory --messages ${MESSAGES}\`: an inbox of ${MESSAGES.toLocaleString('en-US')} mails in Dovecot is listed for the first time through the Exchange-like face into SQLite, with linking, and with the headers of the newest, each time by a process that has just started. *MB more*: resident memory of the whole process (host, API, database) at most, above what it had before, and what that moment's was made of: pages that V8 holds for its heap, buffers beside it, and the rest (code, the database's and the sockets' native memory, what the allocator keeps). *Used in the heap*: the most at any moment, above before. Where garbage is collected once a second, memory is looked at right after: what is needed. Where V8 is left alone, it is looked at ten times a second, and garbage that nobody was in a hurry to collect is in it. *imapflow alone* reads the same states in the same windows and keeps nothing, in a process that has nothing else.

${table(head, rows)}

${machine()}.`;
}
