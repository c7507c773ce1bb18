import { sameFlags } from '../mail/flags';
import { splitRemoteId, type RemoteId } from '../mail/ids';
import { isOther } from '../mail/standing';
import { isWithin } from '../mail/uid-ranges';
import type { FolderSlice, RemoteState, UidRange } from '../ports/session';
import type { LocalState, SlicePlan } from '../ports/stores';

/**
 * What must happen for the local copy to match a slice of what was observed. Pure: no clock, no network, no database.
 * `local` is what we know of the messages in the slice and in the ranges where it is complete. New messages received before
 * `since` (ms; null: none) are not listed; known ones are followed whatever their age.
 */
export function planSlice(
  local: ReadonlyMap<RemoteId, LocalState>,
  slice: FolderSlice,
  since: number | null,
): SlicePlan {
  const seen = new Map(slice.states.map((state) => [state.id, state]));
  const list: RemoteState[] = [];
  const setFlags: RemoteState[] = [];
  const forget = new Set([...local.keys()].filter((id) => isWithin(slice.gone, splitRemoteId(id).uid)));
  for (const state of seen.values()) {
    const mine = local.get(state.id);
    const isWanted = since === null || state.receivedAt.getTime() >= since;
    if (mine && isOther(mine, { ...state, receivedAt: state.receivedAt.getTime() })) {
      // A UID names one message for ever (RFC 9051 §2.3.1.1); a server that broke this now means another one.
      forget.add(state.id);
      if (isWanted) list.push(state);
    } else if (!mine && isWanted) {
      list.push(state);
    } else if (mine && !sameFlags(mine.flags, state.flags)) {
      setFlags.push(state);
    }
  }
  for (const id of local.keys()) if (!seen.has(id) && isCovered(id, slice.complete)) forget.add(id);
  return { list, setFlags, forget: [...forget] };
}

function isCovered(id: RemoteId, ranges: readonly UidRange[]): boolean {
  const { uid } = splitRemoteId(id);
  return ranges.some(({ from, to }) => uid >= from && uid <= to);
}

/** So few may be gone without anybody asking twice. */
export const TRIVIAL = 20;

/**
 * True for a plan that would forget more than half of what we know in a part of a folder worth mentioning. Servers under load
 * have answered with too little before; such a plan needs a second look on a fresh connection. Pure.
 */
export function isSuspicious(known: number, forget: readonly RemoteId[]): boolean {
  return known >= TRIVIAL && forget.length > known / 2;
}
