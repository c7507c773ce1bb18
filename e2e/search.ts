import type { Page } from 'playwright-core';
import { shoot } from './browser';
import { check } from './check';
import type { Scene } from './main-job';

/** Finds a mail by a word of its text and one by Chinese, opens it, is told about a mistake, and goes back to the folder. */
export async function searchMail({ shell }: Scene, page: Page): Promise<void> {
  const box = page.getByTestId('search');
  const rows = page.getByTestId('thread-row');
  await page.getByRole('button', { name: /^Inbox/ }).click();
  await rows.first().focus();
  await page.keyboard.press('/');
  check(await box.evaluate((one) => one === document.activeElement), `${shell}: “/” leads to the search box`);

  await page.keyboard.type('warehou');
  await page.keyboard.press('Enter');
  await page.getByText('Search results').waitFor();
  await page
    .locator('mark', { hasText: /warehouse/i })
    .first()
    .waitFor();
  const marked = await page.locator('[data-testid=thread-row]:has(mark)').count();
  check(
    marked > 0 && marked === (await rows.count()),
    `${shell}: every result shows the word that was found (${marked})`,
  );
  await shoot(page, `${shell}-11-search`);

  await box.fill('from:john is:read in:inbox');
  await page.keyboard.press('Enter');
  await rows.filter({ hasText: 'John Doe' }).first().waitFor();
  await rows.first().click();
  await page.getByTestId('thread-view').getByText('John Doe').first().waitFor();
  check(await rows.first().isVisible(), `${shell}: a result opens beside the results`);
  await shoot(page, `${shell}-11-result`);

  await box.fill('is:blue');
  await page.keyboard.press('Enter');
  await page.getByText('“is:blue” is not understood').waitFor();
  await shoot(page, `${shell}-11-mistake`);
  await page.getByRole('button', { name: 'What can be searched for' }).click();
  await page.getByRole('button', { name: 'has:attachment' }).waitFor();
  await shoot(page, `${shell}-11-help`);
  await box.focus();
  await page.keyboard.press('Escape');
  await page.getByText('Search results').waitFor({ state: 'detached' });
  await rows.first().waitFor();
  check((await box.inputValue()) === '', `${shell}: Escape leads from the search back to the folder`);
}
