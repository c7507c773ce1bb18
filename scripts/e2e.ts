import fs from 'node:fs';
import path from 'node:path';
import { certificates } from '../sandbox/certificates';
import { findChromium, lastSeen, launch, shoot, type Shell } from '../e2e/browser';
import { checked } from '../e2e/check';
import { hostileMail } from '../e2e/hostile-mail';
import { mainJob } from '../e2e/main-job';
import { startOutside } from '../e2e/outside';
import { NocoBaseApi, type DemoUser } from './nocobase-api';
import { NocoBaseApp, sourceHash } from './nocobase-app';
import { pack } from './pack';
import { work } from './paths';
import { sandboxEnvironment, startSandboxProcess } from './sandbox-process';

const PORT = Number(process.env.EMAIL_E2E_PORT ?? 13_900);
const USERS: readonly [DemoUser, DemoUser] = [
  { username: 'alice', password: 'alice123', mailbox: 'alice@contoso.test', mailboxPassword: 'alicepw' },
  { username: 'bob', password: 'bob12345', mailbox: 'bob@contoso.test', mailboxPassword: 'bobpw' },
];

/** The main job in a headless Chromium against the packed plugin in a real NocoBase, in both shells. */
export async function runE2e(shells: readonly Shell[] = ['legacy', 'modern']): Promise<void> {
  if (!findChromium()) throw new Error('no Chromium on this machine; install one or set CHROMIUM_PATH');
  const outside = await startOutside();
  const browser = await launch(outside);
  await hostileMail({ browser, outside });
  const folder = path.join(work, 'e2e');
  if (process.env.EMAIL_E2E_KEEP !== '1') fs.rmSync(folder, { recursive: true, force: true });
  const { caFile } = await certificates(path.join(folder, 'sandbox', 'certificates'));
  const app = new NocoBaseApp({ folder: path.join(folder, 'app'), port: PORT, env: sandboxEnvironment(caFile) });
  const hash = sourceHash();
  app.install(await pack(`-e2e.${Date.now()}`), hash);
  const running = await app.start(() => undefined);
  try {
    await (await NocoBaseApi.signIn(running.url)).ensureUsers(USERS);
    for (const shell of shells) {
      console.log(`${shell} shell`);
      // Fresh mailboxes for each: what the first round sent would be there in the second.
      const sandbox = await startSandboxProcess(['--folder', path.join(folder, 'sandbox'), '--fill', '40']);
      try {
        await mainJob({ browser, outside, url: running.url, shell, sandbox: sandbox.addresses, users: USERS });
      } finally {
        await sandbox.stop();
      }
    }
    console.log(`e2e: ${checked()} checks hold in ${shells.length} shells; pictures are in e2e/shots/`);
  } catch (error) {
    const pages = browser.contexts().flatMap((context) => context.pages());
    await Promise.allSettled(pages.map((page, at) => shoot(page, `failure-${at}`)));
    for (const page of pages) console.log(`  at the end: ${await lastSeen(page).catch(String)}`);
    throw error;
  } finally {
    await browser.close();
    await outside.stop();
    await running.stop();
  }
}

if (process.argv[1]?.endsWith('e2e.ts')) {
  const only = process.argv.find((one): one is Shell => one === 'legacy' || one === 'modern');
  await runE2e(only ? [only] : undefined);
}
