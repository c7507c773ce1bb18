import { splitRemoteId, type RemoteId } from '../../mail/ids';
import type { UidRange } from '../../mail/uid-ranges';

/** Each UID by itself. */
export const eachOf = (ids: readonly RemoteId[]): UidRange[] =>
  ids.map((id) => {
    const { uid } = splitRemoteId(id);
    return { from: uid, to: uid };
  });

/** UIDs as a sequence-set (RFC 9051 §9): neighbours are joined, so that ten thousand in a row are a few characters. */
export function uidSet(ids: readonly RemoteId[]): string {
  const uids = [...new Set(ids.map((id) => splitRemoteId(id).uid))].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const uid of uids) {
    const last = runs.at(-1);
    if (last && uid === last[1] + 1) last[1] = uid;
    else runs.push([uid, uid]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}:${to}`)).join(',');
}
