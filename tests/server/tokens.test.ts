import { randomBytes, createHash } from 'node:crypto';
import { providerSettings } from '../../sandbox/provider-settings';
import { Connections } from '../../src/server/accounts/connections';
import type { AccountId } from '../../src/server/mail/ids';
import type { ProviderSettings } from '../../src/server/ports/provider';
import type { AccountRow } from '../../src/server/ports/records';
import { microsoftProvider } from '../../src/server/providers/microsoft/provider';
import { ALICE } from '../support/linked';
import { consent, startTestSandbox, type TestSandbox } from '../support/sandbox';

/** What the sign-in service says of an access token (`expires_in`), as the sandbox does after its reset. */
const LIFE_MS = 3_900_000;
const MINUTE_MS = 60_000;
const REDIRECT = 'http://localhost:13000/api/emailOAuth:callback';

let sandbox: TestSandbox;
let settings: ProviderSettings;

beforeAll(async () => {
  sandbox = await startTestSandbox('node', 2);
  settings = {
    ...providerSettings(sandbox.addresses),
    outlookResource: 'https://outlook.office.com',
    graphHost: 'https://graph.microsoft.com',
    pollMinutes: 5,
  } as unknown as ProviderSettings;
}, 60_000);

beforeEach(() => {
  // The clock alone: sockets and waiting go on as ever.
  jest.useFakeTimers({
    now: Date.now(),
    doNotFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate'].concat([
      'nextTick',
      'queueMicrotask',
      'hrtime',
      'performance',
    ]) as never,
  });
});
afterEach(async () => {
  jest.useRealTimers();
  await sandbox.control('reset');
});
afterAll(() => sandbox?.stop());

/** Signs in once, and answers the token cache that is kept of it. */
async function signIn(): Promise<string> {
  const oauth = microsoftProvider.oauth(settings);
  const [state, nonce, codeVerifier] = [1, 2, 3].map(() => randomBytes(32).toString('base64url'));
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
  const asked = { redirectUri: REDIRECT, state, nonce, codeChallenge, loginHint: null };
  const { redirect } = await consent(await oauth.authorizeUrl(asked), ALICE);
  const code = redirect?.searchParams.get('code') ?? '';
  return (await oauth.redeem({ code, redirectUri: REDIRECT, nonce, codeVerifier })).tokenCache;
}

/** A mailbox that was signed in to; what is kept of it lies in `kept`. */
async function signedIn() {
  const kept = { cache: await signIn() };
  const vault = {
    load: async () => kept.cache,
    renew: async (_account: AccountId, cache: string) => ((kept.cache = cache), true),
    save: async () => undefined,
    forget: async () => undefined,
  };
  const account = { id: 1 as AccountId, provider: 'microsoft', address: ALICE.upn } as AccountRow;
  const connections = new Connections({
    provider: () => microsoftProvider,
    settings: async () => settings,
    vault,
    gate: { pass: async () => undefined },
  });
  const token = async (): Promise<string> => (await connections.of(account)).connection.accessToken();
  /** Logs in for good: the mail server checks the token. */
  const connect = async (): Promise<void> => {
    const session = await connections.open(account);
    expect((await session.listFolders(new Map())).map(({ path }) => path)).toContain('INBOX');
    await session.close();
  };
  return { kept, token, connect };
}

const later = (ms: number): void => void jest.setSystemTime(Date.now() + ms);
const refuseRefreshing = () =>
  sandbox.control('fault', { where: 'token', match: { grant: 'refresh_token' }, answer: 'AADSTS50173' });

it('until five minutes before its end a token is used again, and the sign-in service is not asked', async () => {
  const { token, connect, kept } = await signedIn();
  const [first, cache] = [await token(), kept.cache];
  await refuseRefreshing();
  later(LIFE_MS - 6 * MINUTE_MS);
  await connect();
  expect(await token()).toBe(first);
  expect(kept.cache).toBe(cache);
});

it('from five minutes before its end on the next connection has a new one, and nobody signs in again', async () => {
  const { token, connect } = await signedIn();
  const first = await token();
  later(LIFE_MS - 4 * MINUTE_MS);
  const second = await token();
  expect(second).not.toBe(first);
  await connect();
});

it('a new token is asked for with a refresh grant, once, and kept for every later connection', async () => {
  const { token, connect } = await signedIn();
  later(LIFE_MS - 4 * MINUTE_MS);
  await refuseRefreshing();
  // Where that grant is refused there is no other way than to sign in.
  await expect(connect()).rejects.toMatchObject({ code: 'EMAIL_RECONNECT_REQUIRED' });
  await sandbox.control('reset');
  const second = await token();
  await refuseRefreshing();
  await connect();
  later(LIFE_MS - 6 * MINUTE_MS);
  expect(await token()).toBe(second);
});

it('it is so hour after hour, each time with the refresh token of the last', async () => {
  const { token, connect, kept } = await signedIn();
  const [tokens, caches] = [[await token()], [kept.cache]];
  for (let hours = 0; hours < 3; hours += 1) {
    later(LIFE_MS - 4 * MINUTE_MS);
    tokens.push(await token());
    caches.push(kept.cache);
  }
  expect(new Set(tokens).size).toBe(4);
  expect(new Set(caches.map(refreshTokenOf)).size).toBe(4);
  await connect();
});

it('a token that lives for less than five minutes is renewed for every connection', async () => {
  await sandbox.control('settings', { tokenSeconds: 200 });
  const { token, connect } = await signedIn();
  expect(await token()).not.toBe(await token());
  await connect();
});

function refreshTokenOf(cache: string): string {
  const { RefreshToken } = JSON.parse(cache) as { RefreshToken: Record<string, { secret: string }> };
  return Object.values(RefreshToken)[0].secret;
}
