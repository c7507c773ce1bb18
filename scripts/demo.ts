import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { certificates } from '../sandbox/certificates';
import { NocoBaseApi, type DemoUser } from './nocobase-api';
import { ADMIN, NocoBaseApp, sourceHash } from './nocobase-app';
import { pack } from './pack';
import { packageJson, root } from './paths';
import { sandboxEnvironment, startSandboxProcess, type SandboxProcess } from './sandbox-process';

const USERS: readonly DemoUser[] = [
  { username: 'alice', password: 'alice123', mailbox: 'alice@contoso.test', mailboxPassword: 'alicepw' },
  { username: 'bob', password: 'bob12345', mailbox: 'bob@contoso.test', mailboxPassword: 'bobpw' },
];

function option(name: string): string | null {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? null : (process.argv[at + 1] ?? '');
}

const port = Number(option('port') ?? 13000);
const folder = path.join(root, '.demo');
if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error('--port wants a number between 1 and 65535');

const stops: (() => Promise<void>)[] = [];
let stopping: Promise<void> | null = null;

/**
 * Ctrl-C, a signal, or a part that ended by itself: everything ends. A part that ends because we stop calls this again; that
 * must not cut short what is still ending.
 */
async function stop(code: number): Promise<never> {
  stopping ??= stopAll();
  await stopping;
  process.exit(code);
}

async function stopAll(): Promise<void> {
  console.log('\nstopping …');
  await Promise.allSettled(stops.reverse().map((one) => one()));
}
process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stop(1);
}

async function run(): Promise<void> {
  const started = performance.now();
  await assertFree(port);
  stops.push(claimFolder());
  if (process.argv.includes('--fresh')) emptyFolder();
  const { caFile } = await certificates(path.join(folder, 'sandbox', 'certificates'));
  const app = new NocoBaseApp({ folder: path.join(folder, 'app'), port, env: sandboxEnvironment(caFile) });
  console.log(
    app.isInstalled ? 'starting the demo …' : 'setting the demo up; the first time takes about two minutes …',
  );
  const hash = sourceHash();
  app.install(await tarballFor(hash), hash);
  const sandbox = await startSandboxProcess([
    '--folder',
    path.join(folder, 'sandbox'),
    '--state',
    path.join(folder, 'sandbox', 'state.json'),
    '--port',
    String(portsFor(port)),
    '--fill',
    '60',
  ]);
  stops.push(() => sandbox.stop());
  sandbox.child.once('exit', () => void stop(1));
  const running = await app.start(() => void stop(1));
  stops.push(() => running.stop());
  await configure(running.url, sandbox);
  announce(running.url, Math.round((performance.now() - started) / 1000));
}

/** NocoBase would end with a line in its own log. */
async function assertFree(wanted: number): Promise<void> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', () =>
      reject(new Error(`port ${wanted} is in use; choose another with: npm run demo -- --port N`)),
    );
    server.listen(wanted, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}

/** Two demos would share one database. @returns what gives the folder back */
function claimFolder(): () => Promise<void> {
  const file = path.join(folder, 'running.json');
  const other = fs.existsSync(file)
    ? (JSON.parse(fs.readFileSync(file, 'utf8')) as { pid: number; port: number })
    : null;
  if (other && isAlive(other.pid))
    throw new Error(
      `A demo is running already at http://localhost:${other.port}. Use that one, or stop it first (Ctrl-C).`,
    );
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file, JSON.stringify({ pid: process.pid, port }));
  return async () => fs.rmSync(file, { force: true });
}

function emptyFolder(): void {
  for (const entry of fs.readdirSync(folder))
    if (entry !== 'running.json') fs.rmSync(path.join(folder, entry), { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Ports of the sandbox follow the demo's. */
function portsFor(demo: number): number {
  return demo + 7000 > 60_000 ? demo - 7000 : demo + 7000;
}

async function tarballFor(hash: string): Promise<string> {
  const file = path.join(folder, 'package.json');
  const known = fs.existsSync(file)
    ? (JSON.parse(fs.readFileSync(file, 'utf8')) as { hash: string; tarball: string })
    : null;
  if (known?.hash === hash && fs.existsSync(known.tarball)) return known.tarball;
  const tarball = await pack(`-demo.${Date.now()}`);
  fs.writeFileSync(file, JSON.stringify({ hash, tarball }));
  return tarball;
}

async function configure(url: string, sandbox: SandboxProcess): Promise<void> {
  const api = await NocoBaseApi.signIn(url);
  await api.saveProvider(sandbox.addresses);
  await api.offerLanguages(['en-US', 'zh-CN', 'ja-JP']);
  await api.storeModernFrame();
  await api.ensureUsers(USERS);
}

function announce(url: string, seconds: number): void {
  const admin = { username: ADMIN.username, password: ADMIN.password };
  console.log(`demo ready: ${JSON.stringify({ url, admin, users: USERS, version: packageJson().version, seconds })}`);
  const [alice, bob] = USERS;
  console.log(`
  1. Open ${url} and sign in as ${alice.username} / ${alice.password}.
  2. Click the envelope in the top bar, then “Link account · Outlook”. In the window that opens pick Alice,
     sign in (the password is filled in), and accept.
  3. Choose how far back to copy mail and start. Open a conversation, reply, attach a file, send.
  4. In a private window sign in as ${bob.username} / ${bob.password}, link Bob, and write to ${alice.mailbox}:
     the mail appears in Alice's window by itself.
  The administrator (${admin.username} / ${admin.password}) finds the provider under Settings → Email manager.
  The modern interface is at ${url}/v/. Ctrl-C stops everything.`);
}
