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

export interface CopyProgress {
  readonly readable: number;
  readonly listed: number;
}

/** How far the first copy of a mailbox is; null when there is none under way, or nothing is listed yet. What comes later is too quick to be told of. */
export function copyProgress(
  account: Pick<WireAccount, 'state' | 'lastSyncAt' | 'readableCount' | 'listedCount'>,
): CopyProgress | null {
  const { state, lastSyncAt, readableCount: readable, listedCount: listed } = account;
  return state === 'active' && lastSyncAt === null && listed > 0 ? { readable, listed } : null;
}

/** Whole ones, so that it says a hundred only when nothing is missing. */
export const percentOf = ({ readable, listed }: CopyProgress): number => Math.floor((readable / listed) * 100);

/** Its server wants to be left alone for a while: no wish changes that. */
export const isPaused = ({ state, error }: Pick<WireAccount, 'state' | 'error'>): boolean =>
  state === 'backing-off' && error?.code === 'EMAIL_THROTTLED';

/** Of an account when a pass was asked for, to be told from what came since. */
export type AskedAccount = Pick<WireAccount, 'id' | 'state' | 'lastPassAt' | 'nextAttemptAt'>;

/** How a pass that was asked for went: *failed* once its server was tried and will be tried again later, or waits for its owner. */
export function outcomeOf(
  { state, lastPassAt, nextAttemptAt }: Pick<WireAccount, 'state' | 'lastPassAt' | 'nextAttemptAt'>,
  asked: AskedAccount,
): 'waiting' | 'done' | 'failed' {
  if (lastPassAt !== asked.lastPassAt) return 'done';
  if (state === 'active') return 'waiting';
  if (state !== 'backing-off') return state === asked.state ? 'waiting' : 'failed';
  return nextAttemptAt === null || nextAttemptAt === asked.nextAttemptAt ? 'waiting' : 'failed';
}
