import { remoteId, splitRemoteId, type RemoteId } from '../../mail/ids';
import type { Standing } from '../../mail/standing';
import { isStateAnswer } from './answers';
import type { ImapClient } from './client';
import { stateOf } from './states';
import { uidSet } from './uid-set';

const QUERY = { uid: true, internalDate: true, size: true } as const;

/** Adds to `found` what messages of the selected folder are by the server's word; what is not there is missing. */
export async function fetchStanding(
  client: ImapClient,
  ids: readonly RemoteId[],
  found: Map<RemoteId, Standing>,
): Promise<void> {
  const { uidValidity } = splitRemoteId(ids[0]);
  const wanted = new Set(ids);
  for await (const message of client.fetch(uidSet(ids), QUERY, { uid: true })) {
    const id = isStateAnswer(message) ? remoteId(uidValidity, message.uid) : null;
    if (id === null || !wanted.has(id)) continue;
    const { receivedAt, sizeBytes } = stateOf(uidValidity, message);
    found.set(id, { receivedAt: receivedAt.getTime(), sizeBytes });
  }
}
