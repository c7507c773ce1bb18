import type { Page } from 'playwright-core';
import { shoot } from './browser';
import { check } from './check';
import type { Scene } from './main-job';

const SUBJECT = 'Lunch on Friday?';

/** Star, archive, take it back, delete by key and put it back: what a reader does all day. */
export async function tidyUp({ shell }: Scene, page: Page): Promise<void> {
  const row = page.getByTestId('thread-row').filter({ hasText: SUBJECT });
  const toolbar = page.getByRole('toolbar', { name: 'Conversation' });
  await page.getByRole('button', { name: /^Inbox/ }).click();
  await row.click();
  // The toolbar of the conversation before is there until this one is.
  await page.getByTestId('thread-view').getByRole('heading', { name: SUBJECT }).waitFor();
  await toolbar.getByRole('button', { name: 'Star', exact: true }).click();
  await row.getByLabel('Starred').waitFor();
  await shoot(page, `${shell}-10-starred`);
  await toolbar.getByRole('button', { name: 'Remove star' }).click();
  await row.getByLabel('Starred').waitFor({ state: 'detached' });

  await toolbar.getByRole('button', { name: 'Archive' }).click();
  await row.waitFor({ state: 'detached' });
  await page.getByText('Moved to “Archive”.').waitFor();
  check(await focusIsOnRow(page), `${shell}: the keyboard stays in the list when a conversation leaves it`);
  await shoot(page, `${shell}-10-archived`);
  await page.getByRole('button', { name: 'Undo' }).click();
  await row.waitFor();

  await row.focus();
  await page.keyboard.press('#');
  await row.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^Trash/ }).click();
  await row.click();
  await toolbar.getByRole('button', { name: 'Delete for ever' }).click();
  await page.getByText('Delete this conversation for ever?').waitFor();
  await shoot(page, `${shell}-10-for-ever`);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await toolbar.getByRole('button', { name: 'Move to' }).click();
  await page.getByRole('menuitem', { name: 'Inbox' }).click();
  await row.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^Inbox/ }).click();
  await row.waitFor();
  check(true, `${shell}: star, archive with undo, delete by key and move do what they say`);
}

/** The router may close the conversation a moment later than the row leaves. */
function focusIsOnRow(page: Page): Promise<boolean> {
  return page
    .waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'thread-row', null, {
      timeout: 5_000,
    })
    .then(
      () => true,
      () => false,
    );
}
