import { remoteId, splitRemoteId, type RemoteId } from '../../mail/ids';
import type { Standing } from '../../mail/standing';
import { isStateAnswer } from './answers';
import type { ImapClient } from './client';
import { fetchPatiently } from './patient-fetch';
import { stateOf } from './states';
import { eachOf, uidSet } from './uid-set';

const QUERY = { uid: true, internalDate: true, size: true } as const;

/** Adds to `found` what messages of the selected folder are by the server's word: missing where they are not there, null where it refuses to say. */
export async function fetchStanding(
  client: ImapClient,
  ids: readonly RemoteId[],
  found: Map<RemoteId, Standing | null>,
): Promise<void> {
  const { uidValidity } = splitRemoteId(ids[0]);
  const wanted = new Set(ids);
  const refused = (uid: number): void => void found.set(remoteId(uidValidity, uid), null);
  for await (const message of fetchPatiently(client, uidSet(ids), eachOf(ids), QUERY, { uid: true, refused })) {
    const id = isStateAnswer(message) ? remoteId(uidValidity, message.uid) : null;
    if (id === null || !wanted.has(id)) continue;
    const { receivedAt, sizeBytes } = stateOf(uidValidity, message);
    found.set(id, { receivedAt: receivedAt.getTime(), sizeBytes });
  }
}
