import fs from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { root } from '../scripts/paths';
import type { Outside } from './outside';

const CANDIDATES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A Chromium of this machine, or null. Playwright's own download is not used. */
export function findChromium(): string | null {
  return CANDIDATES.find((file): file is string => Boolean(file && fs.existsSync(file))) ?? null;
}

/** A headless Chromium whose every way out leads to `outside`. */
export async function launch(outside: Outside): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('no Chromium found; set CHROMIUM_PATH');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--lang=en-US',
      outside.chromiumArgument,
    ],
  });
}

export type Shell = 'legacy' | 'modern';

export interface Session {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors the pages threw, without those of the host that exist without us. */
  readonly errors: string[];
}

/** What our API refused, by page: where something is waited for in vain it is what happened before. */
const refusals = new WeakMap<Page, string[]>();
const LAST_REFUSALS = 5;

function keepRefusals(page: Page): void {
  const kept: string[] = [];
  refusals.set(page, kept);
  page.on('response', (response) => {
    if (response.status() < 400 || !response.url().includes('/api/')) return;
    const what = `${response.status()} ${response.request().method()} ${new URL(response.url()).pathname}`;
    void response.text().then(
      (body) => kept.push(`${what} ${body.slice(0, 300)}`) > LAST_REFUSALS && kept.shift(),
      () => kept.push(what),
    );
  });
}

/** What a page shows and was refused, in a few lines, for the log of a run that failed. */
export async function lastSeen(page: Page): Promise<string> {
  const shown = await page.evaluate(() => {
    const notes = [...document.querySelectorAll('.ant-message-notice, .ant-notification-notice, .ant-alert')];
    const focus = document.activeElement;
    return {
      notes: notes.map((one) => one.textContent ?? ''),
      focus: `${focus?.tagName} ${focus?.getAttribute('aria-label') ?? focus?.textContent?.slice(0, 60)}`,
    };
  });
  const lines = [`focus: ${shown.focus}`, ...shown.notes.map((one) => `says: ${one}`)];
  return [page.url(), ...lines, ...(refusals.get(page) ?? []).map((one) => `refused: ${one}`)].join('\n    ');
}

/** A machine that has other things to do takes more than half a minute to load the host's pages; that is no failure of ours. */
const PATIENCE_MS = 90_000;

const shots = path.join(root, 'e2e', 'shots');

/** Path of a page in one of the two shells. */
export function shellPath(shell: Shell, page: string): string {
  return shell === 'modern' ? `/v${page}` : page;
}

/** A browser window of its own for one user, signed in. */
export async function signIn(
  browser: Browser,
  baseURL: string,
  shell: Shell,
  account: string,
  password: string,
): Promise<Session> {
  const context = await browser.newContext({ baseURL, locale: 'en-US', viewport: { width: 1360, height: 860 } });
  context.setDefaultTimeout(PATIENCE_MS);
  context.setDefaultNavigationTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const errors: string[] = [];
  keepRefusals(page);
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(shellPath(shell, '/signin'));
  await page.getByPlaceholder('Username/Email').fill(account);
  await page.getByPlaceholder('Password').fill(password);
  await page.locator('button', { hasText: 'Sign in' }).click();
  await page.getByTestId('email-envelope').waitFor();
  return { page, context, errors };
}

/** A picture for people to look at: e2e/shots/<name>.png. */
export async function shoot(page: Page, name: string): Promise<void> {
  fs.mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, `${name}.png`) });
}
