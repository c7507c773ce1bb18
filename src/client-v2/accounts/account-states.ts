import { textKey } from '../../shared/text-key';
import type { WireAccount, WireAccountState } from '../../shared/wire';

export type StateLook = readonly [status: 'success' | 'processing' | 'warning' | 'error' | 'default', label: string];

/** How a state of an account looks, and its name for people (a key to be translated). */
export const STATE_LOOKS: Readonly<Record<WireAccountState, StateLook>> = {
  linking: ['processing', textKey('Waiting for you to start')],
  active: ['success', textKey('In sync')],
  'backing-off': ['warning', textKey('Waiting to try again')],
  'needs-reconnect': ['error', textKey('You need to sign in again')],
  disabled: ['default', textKey('Switched off')],
};

/** The same for one account: a mailbox that is still being copied is not in sync yet. */
export function lookOf({ state, lastSyncAt }: Pick<WireAccount, 'state' | 'lastSyncAt'>): StateLook {
  return state === 'active' && lastSyncAt === null ? ['processing', textKey('Copying your mail')] : STATE_LOOKS[state];
}
