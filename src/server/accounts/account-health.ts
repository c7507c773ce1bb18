import { REFUSALS } from '../errors/refusals';
import type { AccountRow, FolderRow } from '../ports/records';
import type { StopKind } from '../ports/host';

/** Shorter troubles mend themselves; nobody is disturbed for them. */
const LONG_MS = 30 * 60_000;

type Judged = Pick<AccountRow, 'state' | 'failingSince' | 'notBefore' | 'errorCode'>;

/**
 * Why an account has stopped, for its owner: it waits for a new consent, is switched off, or fails for half an hour, also when
 * that is only foreseen because the next attempt is so late, as after a pause that its server asked for. Null while it works, or may soon again. Pure.
 */
export function whyStopped({ state, failingSince, notBefore, errorCode }: Judged, now: number): StopKind | null {
  if (state === 'needs-reconnect') return 'needs-reconnect';
  if (state === 'disabled') return 'switched-off';
  if (state !== 'backing-off' || failingSince === null) return null;
  if (Math.max(now, notBefore ?? 0) - failingSince < LONG_MS) return null;
  return errorCode === 'EMAIL_THROTTLED' ? 'paused' : 'failing';
}

/** Since when an account does not work; null while it does. A failure of one that works again is kept until what failed has gone well. Pure. */
export const notWorkingSince = ({ state, failingSince }: Pick<Judged, 'state' | 'failingSince'>): number | null =>
  state === 'active' ? null : failingSince;

type JudgedFolder = Pick<FolderRow, 'isSelectable' | 'isGone' | 'errorCode'>;

/** A folder that can hold mail and is still there, and cannot be read now: nobody knows what has come into it. Pure. */
export const isClosed = ({ isSelectable, isGone, errorCode }: JudgedFolder): boolean =>
  Boolean(isSelectable && !isGone && errorCode && !REFUSALS.includes(errorCode));

/** How many folders are closed. Pure. */
export const troubledFolders = (folders: readonly JudgedFolder[]): number => folders.filter(isClosed).length;

/**
 * Whether an inbox is closed for so long that its owner should know: for the account everything else may go well, and it stays *active*. Pure.
 */
export const isClosedForLong = (inbox: JudgedFolder & Pick<FolderRow, 'errorAt'>, now: number): boolean =>
  isClosed(inbox) && now - (inbox.errorAt ?? now) >= LONG_MS;

/** When a worker looks at an account next: null when it does not, or at once. Pure. */
export function nextAttemptAt(
  { state, notBefore, lastPassAt }: Pick<AccountRow, 'state' | 'notBefore' | 'lastPassAt'>,
  pollMs: number,
): number | null {
  if (state !== 'active' && state !== 'backing-off') return null;
  if (notBefore !== null) return notBefore;
  return state === 'active' && lastPassAt !== null ? lastPassAt + pollMs : null;
}

/**
 * When a folder is looked at next: with the account's next pass, unless it rests longer because the line was lost at it again and again; after a node
 * has restarted, perhaps sooner. Null when it is not, or at once. Pure.
 */
export function nextLookAt(
  { restsUntil }: Pick<FolderRow, 'restsUntil'>,
  account: Pick<AccountRow, 'state' | 'notBefore' | 'lastPassAt'>,
  pollMs: number,
): number | null {
  const next = nextAttemptAt(account, pollMs);
  const isFollowed = account.state === 'active' || account.state === 'backing-off';
  return isFollowed && restsUntil ? Math.max(next ?? 0, restsUntil) : next;
}

/**
 * When a folder was last found to be, or made, as the server has it: with the account's last pass, of which a folder without news keeps no
 * record of its own; one that is in trouble only what its row says. Null: never. Pure.
 */
export function lastLookAt(
  { lastSyncAt, errorCode }: Pick<FolderRow, 'lastSyncAt' | 'errorCode'>,
  { lastPassAt }: Pick<AccountRow, 'lastPassAt'>,
): number | null {
  return lastSyncAt === null || errorCode !== null ? lastSyncAt : Math.max(lastSyncAt, lastPassAt ?? 0);
}
