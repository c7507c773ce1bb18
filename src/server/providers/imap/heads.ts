import { TELLING_FIELDS } from '../../mail/telling-fields';
import { remoteId, splitRemoteId, type RemoteId } from '../../mail/ids';
import { ASKED_AHEAD, type RemoteHead } from '../../ports/session';
import type { ImapClient } from './client';
import { fetchPatiently } from './patient-fetch';
import { threadQuery } from './thread-query';
import { eachOf, uidSet } from './uid-set';

/** What a line of the list shows, what joins conversations, and what tells a mail from one that pretends to be it. */
const FIELDS = [...TELLING_FIELDS, 'bcc', 'reply-to', 'content-type', 'thread-index'];

/** A command names no more: some servers limit a line to 8,000 octets. Half of what may be ahead, since answers come in any order. */
const BATCH = ASKED_AHEAD.heads / 2;

/** Header fields of messages in the selected folder: a fiftieth of their bytes, and enough to list them. */
export async function* fetchHeads(client: ImapClient, ids: readonly RemoteId[]): AsyncGenerator<RemoteHead> {
  const { uidValidity } = splitRemoteId(ids[0]);
  const query = { uid: true, size: true, headers: FIELDS, ...threadQuery(client) };
  for (let at = 0; at < ids.length; at += BATCH) {
    const some = ids.slice(at, at + BATCH);
    for await (const message of fetchPatiently(client, uidSet(some), eachOf(some), query, { uid: true })) {
      if (!message.uid || !message.headers) continue;
      const { uid, headers, size, threadId } = message;
      yield { id: remoteId(uidValidity, uid), header: headers, sizeBytes: size ?? 0, threadId: threadId ?? null };
    }
  }
}
