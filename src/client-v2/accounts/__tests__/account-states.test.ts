import { copyProgress, isPaused, lookOf, outcomeOf } from '../account-states';

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

describe('a pass that was asked for', () => {
  const asked = { id: 1, state: 'active', lastPassAt: 100, nextAttemptAt: 400 } as const;

  it('is done when all folders were looked at since', () => {
    expect(outcomeOf({ state: 'active', lastPassAt: 100, nextAttemptAt: 400 }, asked)).toBe('waiting');
    expect(outcomeOf({ state: 'active', lastPassAt: 200, nextAttemptAt: 500 }, asked)).toBe('done');
  });

  it('has failed when the next attempt is put off, not while this one is still to come', () => {
    expect(outcomeOf({ state: 'backing-off', lastPassAt: 100, nextAttemptAt: 400 }, asked)).toBe('waiting');
    expect(outcomeOf({ state: 'backing-off', lastPassAt: 100, nextAttemptAt: null }, asked)).toBe('waiting');
    expect(outcomeOf({ state: 'backing-off', lastPassAt: 100, nextAttemptAt: 900 }, asked)).toBe('failed');
  });

  it('has failed when it comes out that only its owner can help; what was so before, the answer to the request says', () => {
    for (const state of ['needs-reconnect', 'disabled', 'linking'] as const) {
      const now = { state, lastPassAt: 100, nextAttemptAt: null };
      expect(outcomeOf(now, asked)).toBe('failed');
      expect(outcomeOf(now, { ...asked, state })).toBe('waiting');
    }
  });
});
