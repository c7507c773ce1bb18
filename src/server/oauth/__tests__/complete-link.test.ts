import type { AccountId, UserId } from '../../mail/ids';
import type { AccountRow, OAuthStateRow } from '../../ports/records';
import { cookieName, sealContext, sha256 } from '../begin-link';
import { completeLink, type CompleteLinkPorts } from '../complete-link';

/** A consent that comes back: `address` and `subject` are what the sign-in service says of who consented. */
async function comeBack(consented: { subject: string; address: string }, known: AccountRow[]) {
  const stateHash = sha256('state');
  const row = {
    stateHash,
    userId: 7 as UserId,
    provider: 'microsoft',
    redirectUri: 'https://x.test/cb',
    sealed: JSON.stringify({ nonce: 'n', codeVerifier: 'v' }),
    cookieHash: sha256('cookie'),
    accountId: null,
    expiresAt: 2_000,
    usedAt: null,
  } as OAuthStateRow;
  const accounts = [...known];
  const updates: object[] = [];
  const ports = {
    states: { find: async () => row, use: async () => true },
    accounts: {
      bySubject: async (_provider: string, subject: string) => accounts.find((one) => one.subject === subject) ?? null,
      create: async (values: AccountRow) => {
        accounts.push({ ...values, id: 99 as AccountId, state: 'linking' });
        return accounts.at(-1);
      },
      update: async (id: number, changes: object) => void updates.push({ id, ...changes }),
      updateIf: async (id: number, changes: object, condition: object) =>
        void updates.push({ id, ...changes, condition }),
    },
    vault: { save: async () => undefined },
    box: { open: (sealed: string, context: string) => (context === sealContext(stateHash) ? sealed : '') },
    provider: () => ({
      oauth: () => ({ redeem: async () => ({ ...consented, displayName: 'A', tokenCache: '{}' }) }),
    }),
    settings: async () => ({}),
    misconfigured: async () => undefined,
    now: () => 1_000,
  } as unknown as CompleteLinkPorts;
  const cookie = (name: string) => (name === cookieName(stateHash) ? 'cookie' : undefined);
  const done = await completeLink({ state: 'state', code: 'code', cookie } as never, ports);
  return { done, accounts, updates };
}

const linked = {
  id: 5,
  userId: 7,
  provider: 'microsoft',
  subject: 'oid.tid',
  address: 'old@contoso.test',
  state: 'needs-reconnect',
} as AccountRow;

it('a mailbox is known by oid and tid: with another address it is the same account, under its new address', async () => {
  const { done, accounts, updates } = await comeBack({ subject: 'oid.tid', address: 'new@contoso.test' }, [linked]);
  expect(done.account.id).toBe(5);
  expect(accounts).toHaveLength(1);
  expect(updates).toEqual([
    expect.objectContaining({ id: 5, state: 'active', address: 'new@contoso.test' }),
    // Not while a pause of the server lasts.
    expect.objectContaining({ id: 5, errorCode: null, notBefore: null, condition: { unpausedAt: 1_000 } }),
  ]);
});

it('the same address with another identity is another mailbox', async () => {
  const { done, accounts } = await comeBack({ subject: 'other.tid', address: 'old@contoso.test' }, [linked]);
  expect(done.account.id).toBe(99);
  expect(accounts).toHaveLength(2);
});

it('an address longer than any that mail reaches is cut, not refused by the database', async () => {
  const address = `${'a'.repeat(400)}@x.test`;
  const { accounts } = await comeBack({ subject: 's.t', address }, []);
  expect(accounts[0].address).toHaveLength(320);
});
