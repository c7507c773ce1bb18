import { spawnSync } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { findChromium } from '../e2e/browser';
import { isDovecotInstalled } from '../sandbox/imap/dovecot-store';
import { prepareHost } from './prepare-host';
import { root } from './paths';

const LEGS = ['types', 'lint', 'unit', 'sandbox', 'server', 'imap', 'e2e'] as const;
type Leg = (typeof LEGS)[number];

const DATABASES: Readonly<Record<string, number | null>> = { sqlite: null, postgres: 5432, mariadb: 3306 };
/** In CI nothing may be left out. */
const demandsAll = process.env.EMAIL_TEST_DEMAND_ALL === '1';
const onlyAt = process.argv.indexOf('--only');
const only = onlyAt < 0 ? null : oneOf(LEGS, process.argv[onlyAt + 1] ?? '', '--only');

const done: string[] = [];
const leftOut: string[] = [];

/** A misspelt name must not quietly test nothing. */
function oneOf<T extends string>(names: readonly T[], name: string, where: string): T {
  const found = names.find((one) => one === name);
  if (found) return found;
  console.error(`${where}: “${name}” is none of ${names.join(', ')}`);
  process.exit(1);
}

function wants(leg: Leg): boolean {
  return only === null || only === leg;
}

/** Runs one command and ends everything when it fails. */
function step(
  name: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): void {
  console.log(`\n── ${name}`);
  const started = performance.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  const seconds = Math.round((performance.now() - started) / 1000);
  if (status !== 0) {
    console.error(`\n${name} failed after ${seconds} s`);
    process.exit(status ?? 1);
  }
  done.push(`${name} (${seconds} s)`);
}

function bin(name: string): string {
  return path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
}

function leaveOut(what: string, why: string): void {
  leftOut.push(`${what}: ${why}`);
  if (demandsAll) {
    console.error(`${what} was left out although everything is demanded: ${why}`);
    process.exit(1);
  }
}

async function isReachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port, timeout: 1_000 }, () => finish(true));
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('error', () => finish(false)).on('timeout', () => finish(false));
  });
}

/** The databases to test on: SQLite always, and those named in EMAIL_TEST_DATABASES, else whatever answers on its usual port. */
async function databases(): Promise<string[]> {
  const named = process.env.EMAIL_TEST_DATABASES?.split(',')
    .map((name) => name.trim())
    .filter(Boolean)
    .map((name) => oneOf(Object.keys(DATABASES), name, 'EMAIL_TEST_DATABASES'));
  const found: string[] = [];
  for (const [name, port] of Object.entries(DATABASES)) {
    if (port === null || (named ? named.includes(name) : await isReachable(port))) found.push(name);
    else
      leaveOut(
        `server tests on ${name}`,
        named ? 'not named in EMAIL_TEST_DATABASES' : `nothing answers on port ${port}`,
      );
  }
  return found;
}

if (wants('types')) step('type check', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']);
if (wants('lint')) step('lint', bin('eslint'), ['.', '--max-warnings', '0']);
// One worker is what Jest takes on two cores; a slow machine is no reason to fail.
if (wants('unit'))
  step('unit tests', bin('jest'), ['--selectProjects', 'unit', '--maxWorkers', '2', '--testTimeout', '60000']);
if (wants('sandbox') || wants('server') || wants('imap')) {
  const { caFile } = await prepareHost();
  const env = { NODE_EXTRA_CA_CERTS: caFile };
  // These tests wait for other programs most of the time (a mail is held back ten seconds before it goes), so three files share two cores well.
  const jest = ['--forceExit', '--maxWorkers', '3', '--testTimeout', '60000', '--silent'];
  if (wants('sandbox')) step('tests of the sandbox', bin('jest'), ['--selectProjects', 'sandbox', ...jest], env);
  for (const name of wants('server') ? await databases() : []) {
    step(`server tests on ${name}`, bin('jest'), ['--selectProjects', 'server', ...jest], {
      ...env,
      EMAIL_TEST_DATABASE: name,
    });
  }
  if (wants('imap')) {
    if (isDovecotInstalled()) step('tests against Dovecot', bin('jest'), ['--selectProjects', 'imap', ...jest], env);
    else leaveOut('tests against Dovecot', 'it is not installed (Debian: dovecot-imapd dovecot-lmtpd)');
  }
}
if (wants('e2e')) {
  if (findChromium())
    step('browser tests', process.execPath, ['--import', 'tsx', path.join(root, 'scripts', 'e2e.ts')]);
  else leaveOut('browser tests', 'no Chromium found; set CHROMIUM_PATH');
}

console.log(`\nall of these passed:\n  ${done.join('\n  ')}`);
if (leftOut.length > 0) console.log(`\nLEFT OUT on this machine:\n  ${leftOut.join('\n  ')}`);
