import type { ErrorCode } from '../../../shared/error-codes';
import { MailError } from '../../errors/mail-error';
import { remoteId, splitRemoteId, type RemoteId } from '../../mail/ids';
import type { Moved } from '../../ports/session';
import type { ImapClient } from './client';
import { lastRefusal } from './connect';
import { uidSet } from './uid-set';

/**
 * Moves messages of the selected folder (RFC 6851; imapflow copies and deletes where the server has no MOVE). The new UIDs come
 * with COPYUID (RFC 4315); a server without it leaves the answer empty, and the target has to be looked at.
 */
export async function moveMessages(client: ImapClient, ids: readonly RemoteId[], target: string): Promise<Moved> {
  const answer = await client.messageMove(uidSet(ids), target, { uid: true });
  // `false`: refused, or the line dropped.
  if (!answer) throw refusalOf(client, 'EMAIL_MOVE_REFUSED');
  const moved = new Map<RemoteId, RemoteId>();
  if (!answer.uidMap || !answer.uidValidity) return moved;
  for (const id of ids) {
    const { uid } = splitRemoteId(id);
    const there = answer.uidMap.get(uid);
    if (there) moved.set(id, remoteId(String(answer.uidValidity), there));
  }
  return moved;
}

/**
 * What it means that imapflow answers `false`. A server that is busy or asks for a pause refuses nothing: the change waits. Only what it
 * says of the change itself is a refusal, after which the change is taken back.
 */
export function refusalOf(client: ImapClient, code: ErrorCode): MailError {
  if (!client.usable) return new MailError('EMAIL_CONNECTION_LOST');
  const said = lastRefusal(client);
  if (said?.code === 'EMAIL_THROTTLED') return said;
  return new MailError(said?.kind === 'transient' ? 'EMAIL_FOLDER_BUSY' : code, { cause: said });
}
