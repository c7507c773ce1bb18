import type { Page } from 'playwright-core';
import { shellPath, shoot, type Shell } from './browser';
import { check } from './check';
import type { Scene } from './main-job';

const MODERN = /^(Modern page( \(v2\))?|Page)$/;
const CLASSIC = /^Classic page/;

/** Makes a modern page with the UI editor, puts the Mailbox block on it, and sees it again after a reload. */
export async function addMailboxBlock({ shell }: Scene, page: Page): Promise<void> {
  await addBlock(page, shell, { title: `Mail ${shell}`, kind: MODERN, shot: `${shell}-13` });
}

/** The same on a classic page, which only the legacy shell has. */
export async function addClassicBlock({ shell }: Scene, page: Page): Promise<void> {
  await addBlock(page, shell, { title: 'Classic mail', kind: CLASSIC, shot: `${shell}-14-classic` });
}

interface NewPage {
  readonly title: string;
  readonly kind: RegExp;
  readonly shot: string;
}

const ATTEMPTS = 3;

/**
 * On SQLite the host's own transaction, which reads before it writes, is refused when anybody else has written in
 * between (`SQLITE_BUSY` out of `flowModels:save`); the page is then left as a skeleton, or without its block. It is made
 * anew, aloud; a mailbox that shows on none of them fails.
 */
async function addBlock(page: Page, shell: Shell, { title, kind, shot }: NewPage): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const name = attempt === 1 ? title : `${title} ${attempt}`;
    await page.goto(shellPath(shell, '/admin'));
    await ensureEditing(page);
    await addPage(page, kind, name, shot);
    try {
      await putMailboxOn(page, name, shot);
      check(true, `${shell}: the Mailbox block stands on “${name}” after a reload`);
      return;
    } catch (error) {
      await shoot(page, `${shot}-attempt-${attempt}`);
      console.log(`  (“${name}” shows no mailbox: ${String(error).split('\n')[0]}; ${await shownText(page)})`);
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function putMailboxOn(page: Page, title: string, shot: string): Promise<void> {
  const soon = { timeout: 40_000 };
  await page.getByText(title, { exact: true }).first().click();
  await page.waitForTimeout(1_500);
  // Pages that were open before stay in the document below the one that is shown: the mouse meets the upper one.
  const add = page.locator('button:visible', { hasText: 'Add block' }).last();
  await add.waitFor(soon);
  const button = await add.boundingBox();
  if (!button) throw new Error('no “Add block” to be seen');
  await page.mouse.click(button.x + button.width / 2, button.y + button.height / 2);
  await page.waitForTimeout(500);
  await shoot(page, `${shot}-add-block`);
  await page.getByRole('menuitem', { name: 'Mailbox', exact: true }).last().click(soon);
  const mailbox = page.locator('[data-testid=mailbox]:visible').last();
  await mailbox.waitFor(soon);
  await page.reload();
  await mailbox.waitFor();
  await shoot(page, `${shot}-block`);
}

/** What the page says, for whoever reads the log of a machine whose pictures are gone. */
async function shownText(page: Page): Promise<string> {
  const text = await page.locator('body').innerText();
  return `${new URL(page.url()).pathname} says “${text.replace(/\s+/g, ' ').slice(0, 400)}”`;
}

/** The editor may be on from the page before. */
async function ensureEditing(page: Page): Promise<void> {
  const addItem = page.getByText('Add menu item').first();
  await page.getByTestId('ui-editor-button').waitFor();
  await page.waitForTimeout(1_000);
  if (!(await addItem.isVisible())) await page.getByTestId('ui-editor-button').click();
  await addItem.waitFor();
}

async function addPage(page: Page, kind: RegExp, title: string, shot: string): Promise<void> {
  // The host wraps its button in a menu item that is disabled on purpose.
  await page.getByText('Add menu item').first().hover({ force: true });
  await page.getByText('Add menu item').first().click({ force: true });
  await page.waitForTimeout(500);
  await page.getByRole('menuitem', { name: kind }).click();
  await submitTitle(page, title, `${shot}-add-page`);
}

/** The host renders its form anew while the dialog opens: on a slow machine what was typed, or the click, may be lost. */
async function submitTitle(page: Page, title: string, shot: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await dialog.locator('input').first().fill(title);
    await page.waitForTimeout(500);
    await shoot(page, shot);
    if ((await dialog.locator('input').first().inputValue()) !== title) continue;
    await dialog.locator('button', { hasText: /^(Submit|OK|Save)$/ }).click();
    const closed = await dialog.waitFor({ state: 'hidden', timeout: 10_000 }).then(
      () => true,
      () => false,
    );
    if (closed) return;
    console.log(`  the host's dialog is still open after attempt ${attempt}: ${await dialog.innerText()}`);
  }
  throw new Error(`the host's dialog for “${title}” did not close`);
}
