import { TELLING_FIELDS } from '../../mail/telling-fields';
import { remoteId, splitRemoteId, type RemoteId } from '../../mail/ids';
import type { RemoteHead } from '../../ports/session';
import type { ImapClient } from './client';
import { uidSet } from './uid-set';

/** What a line of the list shows, what joins conversations, and what tells a mail from one that pretends to be it. */
const FIELDS = [...TELLING_FIELDS, 'bcc', 'reply-to', 'content-type'];

/** Header fields of messages in the selected folder: a fiftieth of their bytes, and enough to list them. */
export async function* fetchHeads(client: ImapClient, ids: readonly RemoteId[]): AsyncGenerator<RemoteHead> {
  const { uidValidity } = splitRemoteId(ids[0]);
  const query = { uid: true, size: true, headers: FIELDS };
  for await (const message of client.fetch(uidSet(ids), query, { uid: true })) {
    if (!message.uid || !message.headers) continue;
    yield { id: remoteId(uidValidity, message.uid), header: message.headers, sizeBytes: message.size ?? 0 };
  }
}
