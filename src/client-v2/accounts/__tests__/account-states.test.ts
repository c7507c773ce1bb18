import { copyProgress, isPaused, lookOf } from '../account-states';

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

it('only a pause of the server keeps a mailbox from being asked again', () => {
  const error = (code: 'EMAIL_THROTTLED' | 'EMAIL_CONNECTION_LOST') => ({ code, params: {} });
  expect(isPaused({ state: 'backing-off', error: error('EMAIL_THROTTLED') })).toBe(true);
  expect(isPaused({ state: 'backing-off', error: error('EMAIL_CONNECTION_LOST') })).toBe(false);
  expect(isPaused({ state: 'active', error: null })).toBe(false);
});
