import type { Browser, Page } from 'playwright-core';
import type { SandboxAddresses } from '../sandbox/sandbox';
import type { DemoUser } from '../scripts/nocobase-api';
import { ADMIN } from '../scripts/nocobase-app';
import { shellPath, shoot, signIn, type Session, type Shell } from './browser';
import { addClassicBlock, addMailboxBlock } from './block';
import { check } from './check';
import { darkTheme } from './dark';
import { health } from './health';
import type { Outside } from './outside';
import { searchMail } from './search';
import { tidyUp } from './tidy';
import { arriveWhileReading, writeAndLeave } from './writing';

export interface Scene {
  readonly browser: Browser;
  readonly outside: Outside;
  readonly url: string;
  readonly shell: Shell;
  readonly sandbox: SandboxAddresses;
  readonly users: readonly [DemoUser, DemoUser];
}

/** The main job in one shell, as an administrator and two users would do it. */
export async function mainJob(scene: Scene): Promise<void> {
  const { browser, url, shell, users } = scene;
  const admin = await signIn(browser, url, shell, ADMIN.username, ADMIN.password);
  await saveProvider(scene, admin.page);

  const [alice, bob] = await Promise.all(
    users.map((user) => signIn(browser, url, shell, user.username, user.password)),
  );
  await linkMailbox(scene, alice, users[0]);
  await linkMailbox(scene, bob, users[1]);
  await readAndReply(scene, alice.page);
  await seeArrival(scene, bob.page);
  await keepPlace(scene, bob.page);
  await writeAndLeave(scene, bob.page);
  await arriveWhileReading(scene, alice.page, bob.page);
  await plainText(scene, alice.page);
  await tidyUp(scene, alice.page);
  await searchMail(scene, alice.page);
  await health(scene, alice, admin.page);
  await narrow(scene, alice);
  await darkTheme(scene, alice);
  await addMailboxBlock(scene, admin.page);
  if (shell === 'legacy') await addClassicBlock(scene, admin.page);
  await unlink(scene, alice.page);
  await unlink(scene, bob.page);
  const asked = scene.outside.take();
  check(asked.length === 0, `${shell}: nothing else was asked of the internet (${asked.join(' ')})`);
  const errors = [admin, alice, bob].flatMap((session) => session.errors);
  check(errors.length === 0, `${shell}: no page threw an error (${errors.join(' | ')})`);
  for (const session of [admin, alice, bob]) await session.context.close();
}

async function saveProvider({ shell, sandbox }: Scene, page: Page): Promise<void> {
  await page.goto(shellPath(shell, '/admin/settings/email-manager/' + (shell === 'legacy' ? 'providers' : '')));
  const form = page.getByTestId('provider-form');
  await form.waitFor();
  check(
    /\/api\/emailOAuth:callback$/.test((await page.getByTestId('redirect-uri').innerText()).trim()),
    `${shell}: the redirect URI is shown`,
  );
  await form.getByLabel('Client ID').fill(sandbox.clientId);
  await typeSecret(page, 'wrong-secret');
  await page.getByText('More settings').click();
  await form.getByLabel('Sign-in host').fill(sandbox.authorityHost);
  await form.getByLabel('IMAP host').fill('localhost');
  await form.getByLabel('SMTP host').fill('localhost');
  await form.getByLabel('IMAP port').fill(String(sandbox.imapPort));
  await form.getByLabel('SMTP port').fill(String(sandbox.smtpPort));
  await page.getByTestId('provider-test').click();
  await page.getByTestId('provider-result').filter({ hasText: 'refuses the client secret' }).waitFor();
  await shoot(page, `${shell}-1-wrong-secret`);
  await typeSecret(page, sandbox.clientSecret);
  await page.getByTestId('provider-test').click();
  await page.getByTestId('provider-result').filter({ hasText: 'Nothing is saved yet' }).waitFor();
  await page.getByTestId('provider-save').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  await shoot(page, `${shell}-2-provider-saved`);
}

/** The host's secret input is editable text until something is in it, then a password field. */
async function typeSecret(page: Page, secret: string): Promise<void> {
  const field = page.getByTestId('client-secret');
  if ((await field.locator('input').count()) === 0) {
    await field.locator('[contenteditable]').click();
    await page.keyboard.insertText('x');
  }
  await field.locator('input').fill(secret);
}

async function linkMailbox(scene: Scene, { page, context }: Session, user: DemoUser): Promise<void> {
  const { shell } = scene;
  await page.getByTestId('email-envelope').click();
  await page.getByTestId('link-microsoft').waitFor();
  await shoot(page, `${shell}-3-welcome-${user.username}`);
  const [popup] = await Promise.all([context.waitForEvent('page'), page.getByTestId('link-microsoft').click()]);
  await signInAtProvider(scene, popup, user);
  await page.getByTestId('start-sync').waitFor();
  await page.getByText('Everything', { exact: true }).click();
  await shoot(page, `${shell}-5-since-${user.username}`);
  await page.getByRole('button', { name: 'Start synchronising' }).click();
  await page.getByTestId('thread-row').nth(5).waitFor();
  await shoot(page, `${shell}-6-filled-${user.username}`);
}

/** What a person does in the window of the provider. */
export async function signInAtProvider({ shell }: Scene, popup: Page, user: DemoUser): Promise<void> {
  await popup.getByRole('button', { name: new RegExp(user.mailbox) }).click();
  // Whoever is still signed in there is not asked again, and the second round finds the consent of the first.
  await clickIfAsked(popup, 'Sign in');
  await clickIfAsked(popup, 'Accept', () => shoot(popup, `${shell}-4-consent-${user.username}`));
}

/** Clicks a button if it comes before the window goes back or closes. */
async function clickIfAsked(popup: Page, name: string, before?: () => Promise<void>): Promise<void> {
  const button = popup.getByRole('button', { name });
  if (popup.isClosed()) return;
  await Promise.race([
    button.waitFor().catch(() => undefined),
    popup.waitForEvent('close').catch(() => undefined),
    popup.waitForURL(/emailOAuth/).catch(() => undefined),
    popup
      .getByRole('button', { name: 'Accept' })
      .waitFor()
      .catch(() => undefined),
  ]);
  if (popup.isClosed() || !(await button.isVisible().catch(() => false))) return;
  await before?.();
  await button.click();
}

async function readAndReply({ shell, outside }: Scene, page: Page): Promise<void> {
  const order = page.getByTestId('thread-row').filter({ hasText: 'Your order 48213' });
  await order.click();
  await page.getByTestId('mail-frame').waitFor();
  const frame = page.getByTestId('mail-frame');
  check(
    (await frame.getAttribute('sandbox')) === 'allow-popups allow-popups-to-escape-sandbox',
    `${shell}: the mail frame has neither scripts nor our origin`,
  );
  await page.getByRole('button', { name: 'Show images' }).waitFor();
  await shoot(page, `${shell}-7-html-mail`);
  const early = outside.take();
  check(early.length === 0, `${shell}: a mail with remote pictures asks nobody (${early.join(' ')})`);
  await page.getByRole('button', { name: 'Show images' }).click();
  await page.waitForTimeout(1_500);
  check(outside.take().length > 0, `${shell}: its pictures are fetched once the reader asks for them`);
  await page.getByTestId('thread-row').filter({ hasText: 'Offer for the Bremen project' }).click();
  await page.getByTestId('thread-view').getByText('could you send me the offer').waitFor();
  await page.getByRole('button', { name: 'Reply', exact: true }).click();
  const composer = page.getByTestId('composer');
  await composer.waitFor();
  await composer.locator('.ProseMirror').click();
  await page.keyboard.type('Hello Bob, here is the offer.');
  await composer
    .locator('input[type=file]')
    .setInputFiles({ name: 'offer-Größe.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 the offer') });
  await page.getByTestId('uploads').getByText('offer-Größe.pdf').waitFor();
  await shoot(page, `${shell}-8-reply`);
  await page.getByTestId('send').click();
  await page.getByTestId('undo-send').waitFor();
  await shoot(page, `${shell}-9-undo`);
}

async function seeArrival({ shell }: Scene, page: Page): Promise<void> {
  const before = await page.getByTestId('email-envelope').innerText();
  const row = page.getByTestId('thread-row').filter({ hasText: 'Re: Offer for the Bremen project' });
  await row.waitFor();
  check(
    (await row.getAttribute('aria-label'))?.startsWith('Unread') ?? false,
    `${shell}: the reply appears by itself, unread`,
  );
  await page.waitForFunction(
    (old) => document.querySelector('[data-testid=email-envelope]')?.textContent !== old,
    before,
    { timeout: 10_000 },
  );
  await shoot(page, `${shell}-10-arrived`);
  await row.click();
  await page.getByTestId('thread-view').getByText('offer-Größe.pdf').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('thread-view').getByText('offer-Größe.pdf').click(),
  ]);
  check(download.suggestedFilename() === 'offer-Größe.pdf', `${shell}: the attachment is saved under its name`);
  await shoot(page, `${shell}-11-read`);
  const quoted = page.getByTestId('mail-frame').last().contentFrame().getByText('could you send me the offer');
  check((await quoted.count()) === 0, `${shell}: what an answer quotes is folded`);
  // The tooltip of the file that was clicked lies over it.
  await page.mouse.move(5, 5);
  await page.getByTestId('quote-toggle').last().click();
  await quoted.waitFor();
  await shoot(page, `${shell}-11-quote`);
  await page.getByTestId('quote-toggle').last().click();
  await quoted.waitFor({ state: 'detached' });
  check(true, `${shell}: a button shows it and hides it again`);
}

/** A reload shows the same conversation, and Back goes where one came from. */
async function keepPlace({ shell }: Scene, page: Page): Promise<void> {
  const opened = page.getByTestId('thread-view').getByText('offer-Größe.pdf');
  await page.reload();
  await opened.waitFor();
  await page.goBack();
  await opened.waitFor({ state: 'hidden' });
  check(await page.getByTestId('mailbox').isVisible(), `${shell}: a reload keeps the conversation, Back closes it`);
}

/** What a plain text says of addresses can be clicked; the tab says where one is. */
async function plainText({ shell }: Scene, page: Page): Promise<void> {
  await page.getByTestId('thread-row').filter({ hasText: 'Build #5121' }).click();
  const link = page.getByTestId('thread-view').locator('a[href^="https://ci.test/builds/5121"]');
  await link.waitFor();
  check((await link.getAttribute('rel'))?.includes('noopener') ?? false, `${shell}: an address in a text is a link`);
  await page.waitForFunction(() => /^Mail( \(\d+\))? - \w+/.test(document.title), undefined, { timeout: 10_000 });
  check(true, `${shell}: the tab is called “${await page.title()}”`);
}

async function narrow({ shell }: Scene, { page }: Session): Promise<void> {
  await page.setViewportSize({ width: 375, height: 740 });
  await page.getByTestId('mailbox').waitFor();
  await page.waitForTimeout(600);
  await shoot(page, `${shell}-12-narrow`);
  const overflow = await page.getByTestId('mailbox').evaluate((element) => element.scrollWidth - element.clientWidth);
  check(overflow <= 1, `${shell}: nothing is cut off at 375 px (${overflow} px too wide)`);
  await comeBack(shell, page);
  await page.getByTestId('thread-row').filter({ hasText: 'Offer for the Bremen project' }).click();
  await page.getByTestId('thread-view').waitFor();
  await page.waitForTimeout(300);
  await shoot(page, `${shell}-12-narrow-conversation`);
  await page.setViewportSize({ width: 1360, height: 860 });
}

/** A conversation takes the whole width, and the keyboard; whoever goes back finds the list where it was. */
async function comeBack(shell: Shell, page: Page): Promise<void> {
  const list = page.getByTestId('thread-list');
  const row = page.getByTestId('thread-row').nth(11);
  await row.scrollIntoViewIfNeeded();
  await row.focus();
  const before = await list.evaluate((element) => element.scrollTop);
  await page.keyboard.press('Enter');
  const conversation = page.getByTestId('thread-view');
  await conversation.waitFor();
  await page.keyboard.press('s');
  await conversation.getByRole('button', { name: 'Remove star' }).waitFor();
  await page.keyboard.press('s');
  await conversation.getByRole('button', { name: 'Star', exact: true }).waitFor();
  await page.keyboard.press('u');
  await list.waitFor();
  const after = await list.evaluate((element) => element.scrollTop);
  check(
    before > 0 && after === before,
    `${shell}: at 375 px keys act on the conversation, and the list is where it was`,
  );
}

async function unlink({ shell }: Scene, page: Page): Promise<void> {
  await page.getByTestId('mailbox').getByRole('button', { name: 'Mailboxes' }).click();
  await page.getByTestId('account-card').waitFor();
  await shoot(page, `${shell}-15-account`);
  await page.getByTestId('account-card').getByRole('button', { name: 'Unlink' }).click();
  await page.locator('.ant-modal-confirm').getByRole('button', { name: 'Unlink' }).click();
  await page.getByTestId('link-microsoft').first().waitFor({ timeout: 20_000 });
  await shoot(page, `${shell}-16-unlinked`);
  await page.waitForURL((url) => !url.searchParams.has('folder') && !url.searchParams.has('thread'));
}
