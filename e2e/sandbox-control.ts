import type { Page } from 'playwright-core';
import type { Scene } from './main-job';

/** Tells the sandbox to do something that a real server does by itself: `fault`, `drop`, `revoke`, `deliver` … (sandbox/sandbox.ts). */
export async function control({ sandbox }: Pick<Scene, 'sandbox'>, page: Page, name: string, data = {}): Promise<void> {
  const url = `${sandbox.authorityHost}/_sandbox/${name}`;
  const answer = await page.request.post(url, { data, ignoreHTTPSErrors: true });
  if (!answer.ok()) throw new Error(`sandbox ${name}: ${answer.status()}`);
}
