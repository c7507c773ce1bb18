import { textKey } from '../../shared/text-key';
import type { WireAccount, WireAccountState } from '../../shared/wire';
import type { Translate } from '../locale';

export type StateLook = readonly [status: 'success' | 'processing' | 'warning' | 'error' | 'default', label: string];

/** How a state of an account looks, and its name for people (a key to be translated). */
export const STATE_LOOKS: Readonly<Record<WireAccountState, StateLook>> = {
  linking: ['processing', textKey('Waiting for you to start')],
  active: ['success', textKey('In sync')],
  'backing-off': ['warning', textKey('Waiting to try again')],
  'needs-reconnect': ['error', textKey('You need to sign in again')],
  disabled: ['default', textKey('Switched off')],
};

/** The same for one account: a mailbox that is still being copied is not in sync yet, nor is one with folders that cannot be read. */
export function lookOf({
  state,
  lastSyncAt,
  troubledFolders,
}: Pick<WireAccount, 'state' | 'lastSyncAt' | 'troubledFolders'>): StateLook {
  if (state === 'active' && lastSyncAt === null) return ['processing', textKey('Copying your mail')];
  return isPartly({ state, troubledFolders }) ? PARTLY : STATE_LOOKS[state];
}

/** How a mailbox looks that is followed but for some of its folders. */
export const PARTLY: StateLook = ['warning', textKey('Some folders cannot be read')];

export const isPartly = ({ state, troubledFolders }: Pick<WireAccount, 'state' | 'troubledFolders'>): boolean =>
  state === 'active' && troubledFolders > 0;

/** Something is wrong that the state line or the folders tell of: where they are out of sight, they want to be looked at. */
export const isInTrouble = ({ error, troubledFolders }: Pick<WireAccount, 'error' | 'troubledFolders'>): boolean =>
  error !== null || troubledFolders > 0;

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
  return hasFailed({ state, nextAttemptAt }, asked) ? 'failed' : 'waiting';
}

function hasFailed(
  { state, nextAttemptAt }: Pick<WireAccount, 'state' | 'nextAttemptAt'>,
  asked: AskedAccount,
): boolean {
  if (state === 'active') return false;
  if (state !== 'backing-off') return state !== asked.state;
  return nextAttemptAt !== null && nextAttemptAt !== asked.nextAttemptAt;
}

/**
 * What whoever asked for a pass is told. When it is done, the inbox is opened once more, and what is new is read: only after that is it known
 * whether everything is here.
 */
export function answerOf(
  account: Pick<WireAccount, 'state' | 'lastPassAt' | 'lastSyncAt' | 'nextAttemptAt' | 'troubledFolders'>,
  asked: AskedAccount,
): 'waiting' | 'up-to-date' | 'partly' | 'failed' {
  const outcome = outcomeOf(account, asked);
  if (outcome !== 'done') return outcome;
  const { lastPassAt, lastSyncAt, troubledFolders } = account;
  if ((lastSyncAt ?? 0) < (lastPassAt ?? 0)) return hasFailed(account, asked) ? 'failed' : 'waiting';
  return troubledFolders > 0 ? 'partly' : 'up-to-date';
}

/** The answer where folders are left out, and what tells more. */
export const partlyText = (count: number, t: Translate): string =>
  count === 1
    ? t('One folder could not be read; everything else is up to date. Open Synchronisation to see why.')
    : t('{{count}} folders could not be read; everything else is up to date. Open Synchronisation to see why.', {
        count,
      });
