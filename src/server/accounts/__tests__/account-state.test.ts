import { nextAccountState } from '../account-state';

it('works from the start until the owner must sign in again', () => {
  expect(nextAccountState('linking', 'started')).toBe('active');
  expect(nextAccountState('active', 'failed')).toBe('backing-off');
  expect(nextAccountState('backing-off', 'succeeded')).toBe('active');
  expect(nextAccountState('active', 'refused')).toBe('needs-reconnect');
  expect(nextAccountState('needs-reconnect', 'linked')).toBe('active');
});

it('does not come back by itself', () => {
  expect(nextAccountState('needs-reconnect', 'succeeded')).toBe('illegal');
  expect(nextAccountState('linking', 'succeeded')).toBe('illegal');
  expect(nextAccountState('disabled', 'failed')).toBe('illegal');
});

it('is tried once more when the settings of the provider were saved', () => {
  expect(nextAccountState('needs-reconnect', 'settings')).toBe('backing-off');
  expect(nextAccountState('linking', 'settings')).toBe('illegal');
  expect(nextAccountState('disabled', 'settings')).toBe('illegal');
});
