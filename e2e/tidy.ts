import type { Locator, Page } from 'playwright-core';
import { shoot } from './browser';
import { check } from './check';
import type { Scene } from './main-job';
import { control } from './sandbox-control';

const SUBJECT = 'Lunch on Friday?';

/** Star, archive, take it back, delete by key and put it back: what a reader does all day. */
export async function tidyUp(scene: Scene, page: Page): Promise<void> {
  const { shell } = scene;
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
  await byKeys(scene, page, row);
  await goOn(scene, page, row);
  await eraseOne(scene, page);
  await refused(scene, page, row);
}

/** What is archived by a key comes back by one, and a list of keys says so. */
async function byKeys({ shell }: Scene, page: Page, row: Locator): Promise<void> {
  await row.focus();
  await page.keyboard.press('e');
  await row.waitFor({ state: 'detached' });
  await page.getByText('Moved to “Archive”.').waitFor();
  await page.keyboard.press('z');
  await row.waitFor();
  await page.getByText('Moved to “Archive”.').waitFor({ state: 'hidden' });
  await page.keyboard.press('z');
  await page.getByText('Nothing to take back').waitFor();
  await page.keyboard.press('?');
  const keys = page.getByTestId('keys-help');
  await keys.getByText('take back the last move').waitFor();
  await shoot(page, `${shell}-10-keys`);
  await page.keyboard.press('Escape');
  await keys.getByText('take back the last move').waitFor({ state: 'hidden' });
  await beginByKeys(page, row);
  check(
    true,
    `${shell}: z takes back what a key archived, and says when there is nothing, ? lists the keys, and c, r and f begin a mail`,
  );
}

/** With a conversation open, `j` and `k` go on to the next: keys never act on another one than is shown. */
async function goOn({ shell }: Scene, page: Page, row: Locator): Promise<void> {
  const heading = page.getByTestId('thread-view').getByRole('heading', { level: 4 });
  await row.click();
  await heading.filter({ hasText: SUBJECT }).waitFor();
  await row.focus();
  await page.keyboard.press('j');
  await heading.filter({ hasNotText: SUBJECT }).waitFor();
  await page.keyboard.press('k');
  await heading.filter({ hasText: SUBJECT }).waitFor();
  check(true, `${shell}: j and k go on with the conversation that is open`);
}

/** What is erased is not offered to be taken back from where it was before. */
async function eraseOne({ shell }: Scene, page: Page): Promise<void> {
  const row = page.getByTestId('thread-row').filter({ hasText: 'Build #5121' });
  await row.focus();
  await page.keyboard.press('#');
  await page.getByText('Moved to “Trash”.').waitFor();
  await page.getByRole('button', { name: /^Trash/ }).click();
  await row.click();
  await page.getByTestId('thread-view').getByRole('heading', { name: 'Build #5121' }).waitFor();
  await page.getByRole('toolbar', { name: 'Conversation' }).getByRole('button', { name: 'Delete for ever' }).click();
  await page.locator('.ant-popover').getByRole('button', { name: 'Delete for ever' }).click();
  await page.getByText('Deleted for ever.').waitFor();
  await row.waitFor({ state: 'detached' });
  check(
    !(await page.getByRole('button', { name: 'Undo' }).isVisible()),
    `${shell}: what is erased cannot be taken back`,
  );
  await page.getByRole('button', { name: /^Inbox/ }).click();
}

/** A new mail, and answers to the open conversation, wherever in the mailbox the focus is. */
async function beginByKeys(page: Page, row: Locator): Promise<void> {
  const subject = page.getByTestId('composer').getByLabel('Subject');
  await row.click();
  await page.getByTestId('thread-view').getByRole('heading', { name: SUBJECT }).waitFor();
  for (const [key, expected] of [
    ['c', ''],
    ['r', `Re: ${SUBJECT}`],
    ['f', `Fwd: ${SUBJECT}`],
  ] as const) {
    await row.focus();
    await page.keyboard.press(key);
    await subject.waitFor();
    const begun = await subject.inputValue();
    check(expected === '' ? begun === '' : begun.startsWith(expected), `${key} begins “${begun}”`);
    // The editor takes the focus a moment after it shows.
    await subject.focus();
    await page.keyboard.press('Escape');
    await subject.waitFor({ state: 'detached' });
  }
}

/** A server that does not want to: the conversation comes back, and the reader hears why. */
async function refused(scene: Scene, page: Page, row: Locator): Promise<void> {
  const [{ mailbox }] = scene.users;
  await untilAllTold(page);
  const match = { stage: 'move', user: mailbox };
  await control(scene, page, 'fault', { where: 'imap', match, answer: 'TAG NO Not permitted', times: 1 });
  await row.focus();
  await page.keyboard.press('e');
  await page.getByText('The server refused to move the mail').first().waitFor();
  await row.waitFor();
  await page.getByText('Moved to “Archive”.').waitFor({ state: 'hidden' });
  await shoot(page, `${scene.shell}-10-refused`);
  await control(scene, page, 'reset');
  check(
    !(await page.getByRole('button', { name: 'Undo' }).isVisible()),
    `${scene.shell}: a refused move comes back, and the reader is told why`,
  );
}

/** What was done before must be over, or it is refused instead. */
async function untilAllTold(page: Page): Promise<void> {
  await page.waitForFunction(async () => {
    const token = Object.entries(localStorage).find(([key]) => /TOKEN$/i.test(key))?.[1] ?? '';
    const headers = { authorization: `Bearer ${token}`, 'x-authenticator': 'basic' };
    const answer = await fetch('/api/emailAccounts:health', { headers });
    const { data } = (await answer.json()) as { data: { operationCount: number }[] };
    return data.every(({ operationCount }) => operationCount === 0);
  });
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
