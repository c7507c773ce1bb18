import { sameFlags } from '../mail/flags';
import type { RemoteId } from '../mail/ids';
import type { FolderObservation, RemoteState } from '../ports/session';
import type { FolderPlan, LocalFolder } from '../ports/stores';

/** What must happen for the local copy to match what was observed. Pure: no clock, no network, no database. */
export function planFolder(local: LocalFolder, seen: FolderObservation): FolderPlan {
  const reset = local.epoch !== null && local.epoch !== seen.epoch;
  const known: LocalFolder['messages'] = reset ? new Map() : local.messages;
  const present = new Set(seen.states.map((state) => state.id));
  const list = seen.states.filter((state) => !known.has(state.id));
  const setFlags = seen.states.filter((state) => hasOtherFlags(known, state));
  const missing =
    seen.scope === 'all' ? [...known.keys()].filter((id) => !present.has(id)) : seen.gone.filter((id) => known.has(id));
  const dying = new Set(missing);
  const push = [...known].flatMap(([id, mine]) => (mine.intent && !dying.has(id) ? [{ id, change: mine.intent }] : []));
  return { reset, list, setFlags, forget: missing, push, commit: { epoch: seen.epoch, cursor: seen.next } };
}

function hasOtherFlags(known: LocalFolder['messages'], state: RemoteState): boolean {
  const mine = known.get(state.id);
  return mine !== undefined && !sameFlags(mine.flags, state.flags);
}

const TRIVIAL_FOLDER = 20;

/**
 * True for a plan that would forget more than half of a folder worth mentioning. Servers under load have answered with
 * too little before; such a plan needs a second look on a fresh connection.
 */
export function isSuspicious(local: LocalFolder, forget: readonly RemoteId[]): boolean {
  return local.messages.size >= TRIVIAL_FOLDER && forget.length > local.messages.size / 2;
}
