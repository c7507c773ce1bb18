import type { AccountState } from '../../ports/records';
import { nextAccountState, type AccountEvent } from '../account-state';

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

// The whole table once more, by event, so that no way in or out comes or goes unseen.
it.each<[AccountEvent, Partial<Record<AccountState, AccountState>>]>([
  [
    'linked',
    {
      linking: 'linking',
      active: 'active',
      'backing-off': 'active',
      'needs-reconnect': 'active',
      disabled: 'active',
    },
  ],
  ['started', { linking: 'active', active: 'active', 'backing-off': 'active' }],
  ['succeeded', { active: 'active', 'backing-off': 'active' }],
  ['failed', { active: 'backing-off', 'backing-off': 'backing-off' }],
  ['refused', { active: 'needs-reconnect', 'backing-off': 'needs-reconnect', 'needs-reconnect': 'needs-reconnect' }],
  ['settings', { 'needs-reconnect': 'backing-off' }],
  [
    'disabled',
    {
      linking: 'disabled',
      active: 'disabled',
      'backing-off': 'disabled',
      'needs-reconnect': 'disabled',
      disabled: 'disabled',
    },
  ],
  ['enabled', { disabled: 'active' }],
])('“%s” leads where it should from every state, and is illegal in the others', (event, next) => {
  const states: AccountState[] = ['linking', 'active', 'backing-off', 'needs-reconnect', 'disabled'];
  for (const state of states)
    expect([state, nextAccountState(state, event)]).toEqual([state, next[state] ?? 'illegal']);
});
