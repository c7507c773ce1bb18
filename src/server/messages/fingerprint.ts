import { createHash } from 'node:crypto';
import type { RemoteId } from '../mail/ids';
import type { ParsedMessage } from '../ports/stores';

/** Keys of ids and paths: fixed length, so that every database can index them whole. */
export function sha1(value: string): string {
  return createHash('sha1').update(value, 'utf8').digest('hex');
}

/**
 * Finds a message again after a move, a folder rename or a UIDVALIDITY change: Message-ID, size, Date, and a digest of the header,
 * because the first three are what a forger copies. Where the server names contents itself (EMAILID of RFC 8474, X-GM-MSGID), its name. A message without Message-ID is only ever
 * the one at its place, received at its time: servers have been seen to give a UID again.
 */
export function fingerprint(
  message: ParsedMessage,
  place: { folderId: number; id: RemoteId; receivedAt: number; emailId?: string | null },
): string {
  if (place.emailId) return sha1(`email:${place.emailId}`);
  const isTraceable = message.messageId !== null && message.errorCode === null;
  return isTraceable
    ? sha1(`id:${message.messageId}|${message.sizeBytes}|${message.date?.getTime() ?? ''}|${message.headerDigest}`)
    : sha1(`at:${place.folderId}|${place.id}|${place.receivedAt}`);
}
