import type { Page } from 'playwright-core';
import { shellPath, shoot, type Shell } from './browser';
import { check } from './check';
import type { Scene } from './main-job';

/** Makes a modern page with the UI editor, puts the Mailbox block on it, and sees it again after a reload. */
export async function addMailboxBlock({ shell }: Scene, page: Page): Promise<void> {
  await page.goto(shellPath(shell, '/admin'));
  const title = `Mail ${shell}`;
  const mailbox = page.locator('[data-testid=mailbox]:visible').last();
  await page.getByTestId('ui-editor-button').click();
  await addPage(page, shell, title);
  await page.getByText(title, { exact: true }).first().click();
  await page.waitForTimeout(1_500);
  // Pages that were open before stay in the document below the one that is shown: the mouse meets the upper one.
  const button = await page.locator('button:visible', { hasText: 'Add block' }).last().boundingBox();
  if (!button) throw new Error('no “Add block” to be seen');
  await page.mouse.click(button.x + button.width / 2, button.y + button.height / 2);
  await page.waitForTimeout(500);
  await shoot(page, `${shell}-13-add-block`);
  await page.getByRole('menuitem', { name: 'Mailbox', exact: true }).last().click();
  await mailbox.waitFor();
  await page.reload();
  await mailbox.waitFor({ timeout: 30_000 });
  await shoot(page, `${shell}-14-block`);
  check(await mailbox.isVisible(), `${shell}: the Mailbox block stands on a page after a reload`);
}

async function addPage(page: Page, shell: Shell, title: string): Promise<void> {
  // The host wraps its button in a menu item that is disabled on purpose.
  await page.getByText('Add menu item').first().hover({ force: true });
  await page.getByText('Add menu item').first().click({ force: true });
  await page.waitForTimeout(500);
  await shoot(page, `${shell}-13-menu`);
  await page.getByRole('menuitem', { name: /^(Modern page( \(v2\))?|Page)$/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('input').first().fill(title);
  await shoot(page, `${shell}-13-add-page`);
  await dialog.locator('button', { hasText: /^(Submit|OK|Save)$/ }).click();
  await dialog.waitFor({ state: 'hidden' });
}
