import type { Page } from 'playwright-core';
import { shellPath, shoot, type Session } from './browser';
import { check } from './check';
import { signInAtProvider, type Scene } from './main-job';
import { control } from './sandbox-control';

/** What people see of the synchronising: folder by folder while it works, and who is told what when it stops. */
export async function health(scene: Scene, alice: Session, admin: Page): Promise<void> {
  const { shell, users } = scene;
  const [{ mailbox }] = users;
  await inspect(scene, alice.page);
  await askForSync(scene, alice.page);
  await revoke(scene, alice.page);
  const banner = alice.page.getByTestId('stopped-banner');
  await banner.waitFor();
  await banner.getByText(`${mailbox} is no longer synchronised.`).waitFor();
  await shoot(alice.page, `${shell}-17-stopped`);
  await inbox(scene, alice.page);
  await asAdministrator(scene, admin);
  await alice.page.setViewportSize({ width: 375, height: 740 });
  await alice.page.waitForTimeout(400);
  await shoot(alice.page, `${shell}-17-stopped-narrow`);
  await alice.page.setViewportSize({ width: 1360, height: 860 });
  const [popup] = await Promise.all([
    alice.context.waitForEvent('page'),
    banner.getByRole('button', { name: 'Reconnect' }).click(),
  ]);
  await signInAtProvider(scene, popup, users[0]);
  await banner.waitFor({ state: 'detached' });
  check(true, `${shell}: the banner leads to a new consent and goes when it works again`);
}

/** The line below the mailbox says how it is, and *Sync now* says how it went. */
async function askForSync({ shell }: Scene, page: Page): Promise<void> {
  await page.getByTestId('sync-state').filter({ hasText: 'In sync' }).first().waitFor();
  const button = page.getByRole('button', { name: 'Sync now' }).first();
  await button.click();
  await page.locator('.ant-message').getByText('Everything is up to date.').waitFor();
  await shoot(page, `${shell}-17-synced`);
  check(await button.isEnabled(), `${shell}: Sync now says that everything is up to date, and can be asked again`);
}

async function inspect({ shell }: Scene, page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Synchronisation' }).click();
  const drawer = page.getByTestId('health-drawer');
  await drawer.getByTestId('folder-health').getByText('Inbox').waitFor();
  await drawer.getByRole('button', { name: 'What was done' }).click();
  await drawer.getByTestId('sync-log').getByText('Everything is up to date.').first().waitFor();
  await page.waitForTimeout(400);
  await shoot(page, `${shell}-17-health`);
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });
  // The host builds its page anew for a narrow window, so the drawer is opened there again.
  await page.setViewportSize({ width: 375, height: 740 });
  await page.getByRole('button', { name: 'Folders' }).click();
  await page.getByRole('button', { name: 'Synchronisation' }).click();
  await drawer.getByTestId('folder-health').getByText('Inbox').waitFor();
  await page.waitForTimeout(400);
  await shoot(page, `${shell}-17-health-narrow`);
  const body = page.locator('.ant-drawer-body').filter({ has: page.getByTestId('folder-health') });
  const overflow = await body.evaluate((element) => element.scrollWidth - element.clientWidth);
  check(overflow <= 1, `${shell}: the health of the folders fits into 375 px (${overflow} px too wide)`);
  // The menu that closes gives the focus back to its button, so Escape would not reach the drawer here.
  await page.locator('.ant-drawer-open .ant-drawer-close').last().click();
  await drawer.waitFor({ state: 'hidden' });
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.getByTestId('thread-row').first().waitFor();
}

/** The provider withdraws the consent: the next connection is refused, and so is the refresh of the token. */
async function revoke(scene: Scene, page: Page): Promise<void> {
  const [{ mailbox }] = scene.users;
  await control(scene, page, 'revoke', { upn: mailbox, code: 'AADSTS700082' });
  const match = { stage: 'authenticate', user: mailbox };
  await control(scene, page, 'fault', { where: 'imap', match, answer: 'TAG NO AUTHENTICATE failed.', times: 1 });
  await control(scene, page, 'drop');
  await page.getByRole('button', { name: 'Sync now' }).first().click();
}

/** The application's own inbox has one message, which leads to the mailbox. */
async function inbox({ shell }: Scene, page: Page): Promise<void> {
  const messages = await page.evaluate(async () => {
    const token = Object.entries(localStorage).find(([key]) => /TOKEN$/i.test(key))?.[1] ?? '';
    const headers = { authorization: `Bearer ${token}`, 'x-authenticator': 'basic' };
    const answer = await fetch('/api/myInAppMessages:list', { headers });
    return ((await answer.json()) as { data: { messages: { title: string; options: { url: string } }[] } }).data
      .messages;
  });
  const [message] = messages;
  check(
    message?.title.includes('is no longer synchronised') && message.options.url === '/admin/email',
    `${shell}: the owner is told once in the application's inbox (${messages.length})`,
  );
}

async function asAdministrator({ shell, users }: Scene, page: Page): Promise<void> {
  const [{ mailbox }] = users;
  await page.goto(shellPath(shell, '/admin/settings/email-manager/accounts'));
  const table = page.getByTestId('health-table');
  const row = table.getByRole('row').filter({ hasText: mailbox });
  await row.getByText('Its owner needs to sign in again').waitFor();
  await shoot(page, `${shell}-18-accounts`);
  await page.getByTestId('state-filter').click();
  await page.getByTitle(/^In sync/).click();
  await row.waitFor({ state: 'detached' });
  check(!(await table.innerText()).includes('Inbox'), `${shell}: administrators see accounts by state, no folders`);
  await page.setViewportSize({ width: 375, height: 740 });
  await page.waitForTimeout(400);
  await shoot(page, `${shell}-18-accounts-narrow`);
  await page.setViewportSize({ width: 1360, height: 860 });
}
