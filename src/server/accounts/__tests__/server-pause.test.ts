import type { AccountRow } from '../../ports/records';
import { asSoonAsAllowed, isPausedByServer, keepPause } from '../server-pause';

const NOW = 1_000_000;

it('a pause of the server holds until it is over', () => {
  const account = { errorCode: 'EMAIL_THROTTLED', notBefore: NOW + 1 } as const;
  expect(isPausedByServer(account, NOW)).toBe(true);
  expect(asSoonAsAllowed(account, NOW)).toEqual({});
  expect(isPausedByServer(account, NOW + 1)).toBe(false);
  expect(asSoonAsAllowed(account, NOW + 1)).toEqual({ notBefore: null });
});

it('our own back-off gives way to a wish', () => {
  const account = { errorCode: 'EMAIL_CONNECTION_LOST', notBefore: NOW + 60_000 } as const;
  expect(isPausedByServer(account, NOW)).toBe(false);
  expect(asSoonAsAllowed(account, NOW)).toEqual({ notBefore: null });
});

describe("a pause that was heard on another connection than the worker's", () => {
  async function kept(account: Partial<AccountRow> | null, until: number) {
    const written: object[] = [];
    const woken: string[] = [];
    const accounts = {
      byId: async () => account as AccountRow | null,
      update: async (_id: number, changes: object) => void written.push(changes),
    };
    const wakeups = { wakeSync: async (_id: number, reason: string) => void woken.push(reason) };
    await keepPause({ accounts, wakeups }, 1 as AccountRow['id'], new Date(until));
    return { written, woken };
  }
  const healthy = { state: 'active', errorCode: null, notBefore: null } as const;
  const throttled = { errorCode: 'EMAIL_THROTTLED' } as const;

  it('is written down, and the worker told', async () => {
    const change = { ...throttled, state: 'backing-off', errorParams: {}, notBefore: NOW };
    expect(await kept(healthy, NOW)).toEqual({ written: [change], woken: ['pass'] });
    expect(await kept({ ...healthy, ...throttled, notBefore: NOW - 1 }, NOW)).toMatchObject({ written: [change] });
  });

  it.each([
    ['a longer one is known', { ...healthy, ...throttled, state: 'backing-off', notBefore: NOW + 1 }],
    ['the same is known', { ...healthy, ...throttled, state: 'backing-off', notBefore: NOW }],
    ['the owner must consent first', { ...healthy, state: 'needs-reconnect' }],
    ['the account is gone', null],
  ] as const)('changes nothing when %s', async (_why, account) => {
    expect(await kept(account, NOW)).toEqual({ written: [], woken: [] });
  });
});
