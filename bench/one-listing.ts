/**
 * One listing of a very large inbox in a process of its own, started by `bench -- memory`: what came before in the process would
 * give memory to it, or take time from it. Says to its parent what it needed.
 */
import '../tests/support/env';
import type { Database } from '@nocobase/database';
import type { SandboxAddresses } from '../sandbox/sandbox';
import { createTestApp, type TestApp } from '../tests/support/app';
import { ALICE, configureProvider, linkAccount } from '../tests/support/linked';
import { until } from '../tests/support/until';
import { bareClient } from './bare-client';
import { measure } from './report';

const PATIENCE_MS = 30 * 60_000;
const COLLECTED_EVERY_MS = 1_000;
const LOOKED_EVERY_MS = 100;
const MB = 2 ** 20;
/** As many states as a slice of ours has. */
const WINDOW = 1_000;

/** Who lists: the application, or imapflow alone in the same windows, which keeps nothing. */
export type Lister = 'application' | 'imapflow';

/** What a parent asks for. */
export interface Asked {
  readonly lister: Lister;
  /** Whether garbage is collected once a second, and memory looked at right after. */
  readonly collects: boolean;
  readonly addresses: SandboxAddresses;
  readonly accessToken: string;
}

/** MB of a process: all that is resident, and what of it V8 has for its heap and for buffers beside it. */
interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly external: number;
}

/** What one listing took. */
export interface Seen {
  readonly before: Memory;
  /** When most was resident. */
  readonly peak: Memory;
  /** The most of the heap that was in use, garbage that was not collected yet with it, at whatever moment. */
  readonly mostHeapUsed: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

process.setSourceMapsEnabled(false);
process.once('message', (asked: Asked) => {
  const listers: Record<Lister, (asked: Asked) => Promise<Seen>> = { application: byApplication, imapflow: byImapflow };
  listers[asked.lister](asked).then(
    (seen) => process.send?.(seen, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function byApplication({ addresses, collects }: Asked): Promise<Seen> {
  const app = await createTestApp();
  try {
    await configureProvider(app, addresses);
    const user = await app.user('bench');
    // Once before, so that what is loaded and compiled on first use is not counted.
    await user.get('/api/emailFolders:list');
    return await watched(collects, async () => {
      const { id } = await linkAccount(app, user, ALICE);
      await untilListed(app, id);
    });
  } finally {
    await app.destroy();
  }
}

async function byImapflow({ addresses, collects, accessToken }: Asked): Promise<Seen> {
  const client = await bareClient(addresses.imapPort, ALICE.upn, accessToken, { disableAutoIdle: true });
  const { exists } = await client.mailboxOpen('INBOX', { readOnly: true });
  const states = { uid: true, flags: true, internalDate: true, size: true };
  const seen = await watched(collects, async () => {
    for (let to = exists; to > 0; to -= WINDOW) {
      for await (const _ of client.fetch(`${Math.max(1, to - WINDOW + 1)}:${to}`, states));
    }
  });
  await client.logout();
  return seen;
}

async function watched(collects: boolean, work: () => Promise<void>): Promise<Seen> {
  const { gc } = global;
  // What is published says that garbage was collected.
  if (!gc) throw new Error('run with --expose-gc, as `npm run bench` does');
  gc();
  const before = memory();
  let peak = before;
  let mostHeapUsed = before.heapUsed;
  const look = (): void => {
    if (collects) gc();
    const now = memory();
    if (now.rss > peak.rss) peak = now;
    mostHeapUsed = Math.max(mostHeapUsed, now.heapUsed);
  };
  const sampler = setInterval(look, collects ? COLLECTED_EVERY_MS : LOOKED_EVERY_MS);
  const stopwatch = measure();
  await work();
  clearInterval(sampler);
  const { ms, cpuSeconds } = stopwatch();
  return { before, peak, mostHeapUsed, seconds: ms / 1_000, cpuSeconds };
}

function memory(): Memory {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  return { rss: rss / MB, heapUsed: heapUsed / MB, heapTotal: heapTotal / MB, external: external / MB };
}

async function untilListed(app: TestApp, account: number): Promise<void> {
  const { db } = app.app as unknown as { db: Database };
  const name = db.getCollection('emailFolders').quotedTableName() as string;
  const listed = `SELECT 1 FROM ${name} WHERE role = 'inbox' AND \`accountId\` = ${account} AND \`scannedAt\` IS NOT NULL`;
  const look = async (): Promise<boolean> => (await db.sequelize.query(listed))[0].length > 0;
  await until('the inbox to be listed', look, PATIENCE_MS, 250);
}
