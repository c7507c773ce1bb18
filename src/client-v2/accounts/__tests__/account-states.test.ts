import { copyProgress, lookOf } from '../account-states';

const counts = { readableCount: 30, listedCount: 100 };

it('a mailbox is copied until everything was here once', () => {
  const copying = { state: 'active', lastSyncAt: null, ...counts } as const;
  expect(copyProgress(copying)).toEqual({ readable: 30, listed: 100 });
  expect(lookOf(copying)[1]).toBe('Copying your mail');
  expect(copyProgress({ ...copying, lastSyncAt: 1 })).toBeNull();
  expect(lookOf({ ...copying, lastSyncAt: 1 })[1]).toBe('In sync');
});

it('nothing is said to be copied while nobody copies', () => {
  for (const state of ['linking', 'backing-off', 'needs-reconnect', 'disabled'] as const)
    expect(copyProgress({ state, lastSyncAt: null, ...counts })).toBeNull();
});
