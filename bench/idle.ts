import type { Database } from '@nocobase/database';
import type { ImapFlow } from 'imapflow';
import { createTransport, type Transporter } from 'nodemailer';
import { LIVE_EVENT } from '../src/shared/constants';
import { createTestApp, type TestApp } from '../tests/support/app';
import { ALICE, BOB, configureProvider, linkAccount, synced } from '../tests/support/linked';
import { startTestSandbox, type TestSandbox } from '../tests/support/sandbox';
import { bareClient } from './bare-client';
import { cpuSeconds, machine, publish, table, timesOf } from './report';

const MAILS = Number(process.env.EMAIL_BENCH_MAILS ?? 60);
const WARM_UP = 3;
/** p95 in ms after the bare IDLE event within which the row must be there. */
const LIMIT = 150;
const PATIENCE_MS = 20_000;

/** Moments of one mail, ms since the server said by SMTP that it has it. */
interface Moments {
  /** A bare IDLE connection heard of it. */
  readonly heard: number;
  /** Its row is there. */
  readonly listed: number;
  /** The browser was told. */
  readonly told: number;
}

/** A mail arrives while nothing else happens: how long until its reader sees it. */
export async function run(): Promise<void> {
  const sandbox = await startTestSandbox('dovecot', 0);
  const app = await createTestApp();
  try {
    await configureProvider(app, sandbox.addresses);
    const user = await app.user('bench');
    await synced(user, (await linkAccount(app, user, ALICE)).id);
    const idle = await bareIdle(sandbox);
    const writer = await submission(sandbox);
    const seen: Moments[] = [];
    const cpu = cpuSeconds();
    for (let at = 0; at < MAILS + WARM_UP; at += 1) {
      const moments = await oneMail(at, { writer, app, idle });
      if (at >= WARM_UP) seen.push(moments);
      await pause(400);
    }
    publish('idle', page(seen, cpuSeconds() - cpu));
    idle.close();
    writer.close();
  } finally {
    await app.destroy();
    await sandbox.stop();
  }
}

async function bareIdle(sandbox: TestSandbox): Promise<ImapFlow> {
  const accessToken = await sandbox.control<string>('token', { upn: ALICE.upn });
  const client = await bareClient(sandbox.addresses.imapPort, ALICE.upn, accessToken);
  await client.mailboxOpen('INBOX', { readOnly: true });
  return client;
}

/** Somebody who writes, over one line. */
async function submission(sandbox: TestSandbox): Promise<Transporter> {
  const accessToken = await sandbox.control<string>('token', { upn: BOB.upn });
  return createTransport({
    pool: true,
    maxConnections: 1,
    host: '127.0.0.1',
    port: sandbox.addresses.smtpPort,
    requireTLS: true,
    // The sandbox's own certificate.
    tls: { rejectUnauthorized: false },
    auth: { type: 'OAuth2', user: BOB.upn, accessToken },
  });
}

interface Scene {
  readonly writer: Transporter;
  readonly app: TestApp;
  readonly idle: ImapFlow;
}

async function oneMail(nth: number, { writer, app, idle }: Scene): Promise<Moments> {
  const subject = `ping ${nth}`;
  const raw = `From: ${BOB.upn}\r\nTo: ${ALICE.upn}\r\nSubject: ${subject}\r\nMessage-ID: <ping-${nth}-${process.pid}@x>\r\nDate: ${new Date().toUTCString()}\r\n\r\nping\r\n`;
  const now = (): number => performance.now();
  const waiting = new AbortController();
  const heard = new Promise<number>((resolve) => idle.once('exists', () => resolve(now())));
  const told = new Promise<number>((resolve) => {
    const listen = ({ message }: { message: { type: string; payload: { topic: string } } }): void => {
      if (message.type !== LIVE_EVENT || message.payload.topic !== 'mail') return;
      app.app.off('ws:sendToUser', listen);
      resolve(now());
    };
    app.app.on('ws:sendToUser', listen);
  });
  void idle.idle();
  await pause(50);
  const listed = until(async () => ((await isStored(app, subject)) ? now() : null), waiting.signal);
  await writer.sendMail({ envelope: { from: BOB.upn, to: ALICE.upn }, raw });
  const accepted = now();
  const moments = { heard: (await heard) - accepted, listed: (await listed) - accepted, told: (await told) - accepted };
  waiting.abort();
  return moments;
}

/** Asked of the database: the API would take half of the processor that it shares with us. A row with its subject is what the list shows. */
async function isStored(app: TestApp, subject: string): Promise<boolean> {
  const { db } = app.app as unknown as { db: Database };
  const table = db.getCollection('emailMessages').quotedTableName() as string;
  const [rows] = await db.sequelize.query(`SELECT 1 FROM ${table} WHERE subject = '${subject}'`);
  return rows.length > 0;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until<T>(look: () => Promise<T | null>, signal: AbortSignal): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end && !signal.aborted) {
    const found = await look();
    if (found !== null) return found;
    await pause(5);
  }
  throw new Error('the mail did not arrive');
}

function page(seen: readonly Moments[], cpu: number): string {
  const rows = [
    ['accepted by SMTP → bare IDLE event', timesOf(seen.map(({ heard }) => heard)), '–'],
    ['bare IDLE event → row stored', timesOf(seen.map(({ heard, listed }) => listed - heard)), String(LIMIT)],
    ['bare IDLE event → handed to the websocket', timesOf(seen.map(({ heard, told }) => told - heard)), '–'],
  ] as const;
  const lines = rows.map(([name, { p50, p95 }, limit]) => [name, p50.toFixed(0), p95.toFixed(0), limit]);
  return `# A mail that arrives

\`npm run bench -- idle --mails ${MAILS}\`: one mail after the other is submitted by SMTP, and delivered to Dovecot by LMTP before the server says that it has it, while nothing else happens; beside us a bare IDLE connection through the same Exchange-like face. Until that hears of the mail the time is Dovecot's, which looks for new mail some half a second after it was told to. SQLite; times in ms. The database is asked every few ms, which slows it down a little.

${table(['what', 'p50', 'p95', 'limit (p95)'], lines)}

${machine()}. This process used ${cpu.toFixed(1)} CPU seconds.`;
}
