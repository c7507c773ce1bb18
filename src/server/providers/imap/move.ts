import { MailError } from '../../errors/mail-error';
import { remoteId, splitRemoteId, type RemoteId } from '../../mail/ids';
import type { Moved } from '../../ports/session';
import type { ImapClient } from './client';
import { uidSet } from './uid-set';

/**
 * Moves messages of the selected folder (RFC 6851; imapflow copies and deletes where the server has no MOVE). The new UIDs come
 * with COPYUID (RFC 4315); a server without it leaves the answer empty, and the target has to be looked at.
 */
export async function moveMessages(client: ImapClient, ids: readonly RemoteId[], target: string): Promise<Moved> {
  const answer = await client.messageMove(uidSet(ids), target, { uid: true });
  // `false`: refused, or the line dropped. Which of the two shows when the connection is used next.
  if (!answer) throw new MailError(client.usable ? 'EMAIL_MOVE_REFUSED' : 'EMAIL_CONNECTION_LOST');
  const moved = new Map<RemoteId, RemoteId>();
  if (!answer.uidMap || !answer.uidValidity) return moved;
  for (const id of ids) {
    const { uid } = splitRemoteId(id);
    const there = answer.uidMap.get(uid);
    if (there) moved.set(id, remoteId(String(answer.uidValidity), there));
  }
  return moved;
}
