import type { Page } from 'playwright-core';
import { shoot } from './browser';
import { check } from './check';
import type { Scene } from './main-job';

/** The windows in which mails are written: the keyboard, the limit, and what becomes of an unfinished mail. */
export async function writeAndLeave({ shell }: Scene, page: Page): Promise<void> {
  const compose = page.getByTestId('compose');
  const windows = page.getByTestId('composer');
  const drafts = page.getByTestId('mailbox').getByRole('button', { name: /^Unsent drafts/ });
  await compose.click();
  await windows.waitFor();
  await page.keyboard.press('Escape');
  await windows.waitFor({ state: 'hidden' });
  check(
    await compose.evaluate((button) => button === document.activeElement),
    `${shell}: Escape leads back to where one was`,
  );

  for (const open of [1, 2, 3]) {
    await compose.click();
    await windows.nth(open - 1).waitFor();
  }
  const created = page.waitForResponse((answer) => answer.url().includes('emailDrafts:discard'));
  await compose.click();
  await created;
  for (const left of [2, 1, 0]) {
    await windows.last().getByRole('button', { name: 'Save and close' }).click();
    await page.waitForFunction((count) => document.querySelectorAll('[data-testid=composer]').length === count, left);
  }
  const empty = page.getByTestId('mailbox').getByRole('button', { name: 'Unsent drafts', exact: true });
  await empty.waitFor({ timeout: 5_000 }).catch(() => shoot(page, `${shell}-drafts-left`));
  check((await empty.count()) === 1, `${shell}: empty windows leave no drafts`);

  await compose.click();
  await windows.getByLabel('Subject').fill('An unfinished thought');
  await page.keyboard.press('Escape');
  await drafts.click();
  const unfinished = page.getByTestId('mailbox').getByRole('button', { name: /An unfinished thought/ });
  await unfinished.waitFor();
  await shoot(page, `${shell}-11-drafts`);
  await page.reload();
  await unfinished.waitFor();
  await page.goBack();
  await page.getByTestId('thread-row').first().waitFor();
  check((await unfinished.count()) === 0, `${shell}: the list of drafts has an address of its own`);
  await drafts.click();
  await unfinished.click();
  await windows.getByRole('button', { name: 'Discard' }).click();
  await page.locator('.ant-popconfirm').getByRole('button', { name: 'Discard' }).click();
  await page.getByText('No unsent drafts.').waitFor();
  await page
    .getByTestId('mailbox')
    .getByRole('button', { name: /^Inbox/ })
    .click();
}

/** A second mail in the conversation that `reader` has open is read as it comes, without a click. */
export async function arriveWhileReading({ shell }: Scene, writer: Page, reader: Page): Promise<void> {
  const row = reader.getByTestId('thread-row').filter({ hasText: 'Re: Offer for the Bremen project' });
  await row.click();
  await writer.getByTestId('thread-view').getByRole('button', { name: 'Reply', exact: true }).last().click();
  const composer = writer.getByTestId('composer');
  await composer.locator('.ProseMirror').click();
  await writer.keyboard.type('One thing that I forgot.');
  await writer.keyboard.press('Control+Enter');
  await row.filter({ hasText: 'One thing that I forgot' }).waitFor();
  await reader.getByTestId('mail-frame').nth(1).waitFor();
  await reader.waitForFunction(
    () =>
      !document
        .querySelector('[data-testid=thread-row][aria-selected=true]')
        ?.getAttribute('aria-label')
        ?.startsWith('Unread'),
    null,
    { timeout: 10_000 },
  );
  check(true, `${shell}: a mail that arrives in the open conversation is read`);
  await reader.getByTestId('thread-view').getByRole('heading').first().click();
  await reader.getByTestId('thread-view').getByRole('button', { name: 'Reply', exact: true }).last().focus();
  await reader.keyboard.press('Escape');
  await reader.getByTestId('thread-view').waitFor({ state: 'hidden' });
  check(
    await row.evaluate((element) => element === document.activeElement),
    `${shell}: Escape closes it and leads back to its row`,
  );
}
