import type { Page } from 'playwright-core';
import { NocoBaseApi } from '../scripts/nocobase-api';
import { shoot, type Session } from './browser';
import { check } from './check';
import type { Scene } from './main-job';

/** WCAG 2.2 §1.4.3: text needs 4.5:1. Primary buttons are left to the host's theme. */
const LEAST_CONTRAST = 4.5;

/** The mailbox in the host's dark theme: dark, and every text legible on what lies behind it. */
export async function darkTheme({ shell, url, users }: Scene, { page }: Session): Promise<void> {
  const [{ username, password }] = users;
  const admin = await NocoBaseApi.signIn(url);
  const themes = await admin.call<{ id: number; uid: string }[]>('themeConfig:list');
  const idOf = (uid: string): number | undefined => themes.find((theme) => theme.uid === uid)?.id;
  const api = await NocoBaseApi.signIn(url, username, password);
  await api.call('users:updateTheme', { themeId: idOf('dark') });
  await page.reload();
  await page.getByTestId('thread-row').first().waitFor();
  await page.getByTestId('thread-row').nth(1).click();
  await page.getByTestId('message-card').first().waitFor();
  await page.getByTestId('compose').click();
  await page.getByTestId('composer').waitFor();
  await page.waitForTimeout(800);
  await shoot(page, `${shell}-12-dark`);
  const background = await legible(page, `${shell}, dark`);
  check(background < 0.1, `${shell}: the mailbox is dark in the dark theme (luminance ${background.toFixed(2)})`);
  await page.getByTestId('composer').getByRole('button', { name: 'Close' }).click();
  await marksAreLegible(page, `${shell}, dark`, `${shell}-12-dark-search`);
  await api.call('users:updateTheme', { themeId: idOf('default') ?? null });
  await page.reload();
  // The search has closed the conversation.
  await page.getByTestId('thread-row').nth(1).click();
  await page.getByTestId('message-card').first().waitFor();
  await legible(page, `${shell}, light`);
  await marksAreLegible(page, `${shell}, light`, `${shell}-12-light-search`);
}

/** What a search has found is marked, in colours that let it be read. */
async function marksAreLegible(page: Page, where: string, picture: string): Promise<void> {
  const box = page.getByTestId('search');
  await box.fill('warehouse');
  await box.press('Enter');
  await page.getByTestId('thread-row').locator('mark').first().waitFor();
  await page.waitForTimeout(500);
  await legible(page, `${where}, search`);
  await shoot(page, picture);
  await box.press('Escape');
  await page.getByText('Search results').waitFor({ state: 'detached' });
}

/** Answers the luminance of the mailbox's background. */
async function legible(page: Page, where: string): Promise<number> {
  const { background, worst } = await contrast(page);
  check(
    worst.ratio >= LEAST_CONTRAST,
    `${where}: every text can be read (least ${worst.ratio.toFixed(1)}: “${worst.text}”)`,
  );
  return background;
}

interface Contrast {
  /** Relative luminance of the mailbox's background, 0 … 1 (WCAG 2.2). */
  readonly background: number;
  readonly worst: { readonly ratio: number; readonly text: string };
}

async function contrast(page: Page): Promise<Contrast> {
  // The TypeScript runner wraps named functions in a helper that the page does not have.
  await page.evaluate('globalThis.__name ??= (value) => value');
  return page.getByTestId('mailbox').evaluate((mailbox) => {
    type Color = [number, number, number, number];
    const parse = (text: string): Color => {
      const [r = 0, g = 0, b = 0, a = 1] = (/\(([^)]+)\)/.exec(text)?.[1] ?? '').split(/[ ,/]+/).map(Number);
      return [r, g, b, a];
    };
    const over = ([r, g, b, a]: Color, [x, y, z]: Color): Color => [
      r * a + x * (1 - a),
      g * a + y * (1 - a),
      b * a + z * (1 - a),
      1,
    ];
    const behind = (element: Element): Color => {
      const layers: Color[] = [];
      for (let at: Element | null = element; at; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if (color[3] > 0) layers.push(color);
        if (color[3] === 1) break;
      }
      return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1] as Color);
    };
    const luminance = ([r, g, b]: Color): number => {
      const [x, y, z] = [r, g, b].map((value) =>
        value <= 10.31 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const isSeen = (element: Element): boolean =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      !element.closest('[disabled], [aria-disabled=true], .ant-btn-primary');
    const texts = [...mailbox.querySelectorAll('*')].filter(
      (element) =>
        isSeen(element) && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
    );
    const measured = texts.map((element) => {
      const below = behind(element);
      const [a, b] = [luminance(over(parse(getComputedStyle(element).color), below)), luminance(below)];
      return {
        ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05),
        text: (element.textContent ?? '').trim().slice(0, 40),
      };
    });
    const row = mailbox.querySelector('[data-testid=thread-row]') ?? mailbox;
    return { background: luminance(behind(row)), worst: measured.sort((a, b) => a.ratio - b.ratio)[0] };
  });
}
