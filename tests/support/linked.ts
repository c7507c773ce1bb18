import type { SandboxAddresses } from '../../sandbox/sandbox';
import { providerSettings } from '../../sandbox/provider-settings';
import type { WireAccount } from '../../src/shared/wire';
import { type Caller, type TestApp } from './app';
import { until } from './until';
import { consent } from './sandbox';

export interface Person {
  readonly upn: string;
  readonly password: string;
}

/** People of the sandbox's tenant, with their mailboxes. */
export const ALICE: Person = { upn: 'alice@contoso.test', password: 'alicepw' };
export const BOB: Person = { upn: 'bob@contoso.test', password: 'bobpw' };
export const MONA: Person = { upn: 'mona@contoso.test', password: 'monapw' };

const ORIGIN = 'http://localhost:13000';

/** Saves the provider settings that lead to the sandbox, as an administrator would. */
export async function configureProvider(
  { root }: TestApp,
  sandbox: SandboxAddresses,
  more: object = {},
): Promise<void> {
  const answer = await root.post('/api/emailProviders:save', {
    ...providerSettings(sandbox),
    publicBaseUrl: ORIGIN,
    ...more,
  });
  if (answer.status !== 200) throw new Error(`emailProviders:save ${answer.status} ${answer.text}`);
}

export interface Begun {
  readonly url: string;
  readonly cookie: string;
}

export async function beginLink(user: Caller, body: object = {}): Promise<Begun> {
  const answer = await user.post('/api/emailOAuth:begin', { provider: 'microsoft', ...body });
  if (answer.status !== 200)
    throw Object.assign(new Error(`emailOAuth:begin ${answer.status} ${answer.text}`), { answer });
  const setCookie = (answer.headers['set-cookie'] as unknown as string[] | undefined) ?? [];
  return { url: answer.body.data.url, cookie: setCookie.map((cookie) => cookie.split(';')[0]).join('; ') };
}

/** Consent at the sandbox and the callback, as the browser of `user` would do it. Answers the callback's response. */
export async function finishLink(app: TestApp, begun: Begun, person: Person & { decline?: boolean }) {
  const { redirect, errorPage } = await consent(begun.url, person);
  if (!redirect) throw new Error(`no redirect: ${errorPage}`);
  return app.anonymous.get(redirect.pathname + redirect.search).set('Cookie', begun.cookie);
}

export async function linkAccount(app: TestApp, user: Caller, person: Person): Promise<WireAccount> {
  const callback = await finishLink(app, await beginLink(user), person);
  if (callback.status !== 200) throw new Error(`callback ${callback.status} ${callback.text}`);
  const [account] = await accountsOf(user);
  await user.post('/api/emailAccounts:start', { accountId: account.id, since: null });
  return account;
}

export async function accountsOf(user: Caller): Promise<WireAccount[]> {
  return (await user.get('/api/emailAccounts:list')).body.data as WireAccount[];
}

/** Waits for the end of a whole pass over the account. */
export async function synced(user: Caller, accountId: number): Promise<WireAccount> {
  return until('the account to be in sync', async () =>
    (await accountsOf(user)).find((account) => account.id === accountId && account.lastSyncAt !== null),
  );
}
