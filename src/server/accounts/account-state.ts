import type { AccountState } from '../ports/records';

/** What can happen to an account. `settings`: the provider's settings were saved; what was refused under the earlier ones is tried once more. */
export type AccountEvent =
  'linked' | 'started' | 'succeeded' | 'failed' | 'refused' | 'settings' | 'disabled' | 'enabled';

const NEXT: Readonly<Record<AccountState, Partial<Record<AccountEvent, AccountState>>>> = {
  linking: { linked: 'linking', started: 'active', disabled: 'disabled' },
  active: {
    linked: 'active',
    started: 'active',
    succeeded: 'active',
    failed: 'backing-off',
    refused: 'needs-reconnect',
    disabled: 'disabled',
  },
  'backing-off': {
    linked: 'active',
    started: 'active',
    succeeded: 'active',
    failed: 'backing-off',
    refused: 'needs-reconnect',
    disabled: 'disabled',
  },
  'needs-reconnect': { linked: 'active', settings: 'backing-off', refused: 'needs-reconnect', disabled: 'disabled' },
  disabled: { linked: 'active', enabled: 'active', disabled: 'disabled' },
};

/** The state that follows, or `illegal` for an event that cannot happen in this state. Pure. */
export function nextAccountState(state: AccountState, event: AccountEvent): AccountState | 'illegal' {
  return NEXT[state][event] ?? 'illegal';
}
