import type { Readable } from 'node:stream';
import type { Connections } from '../accounts/connections';
import { remoteId } from '../mail/ids';
import type { AccountRow, AttachmentRow, FolderRow, PlacementRow } from '../ports/records';

export interface AttachmentPlace {
  readonly attachment: AttachmentRow;
  readonly placement: PlacementRow;
  readonly folder: FolderRow;
}

/** Content of a received file, decoded, straight from the mailbox. The connection closes with the stream. */
export async function openAttachment(
  account: AccountRow,
  place: AttachmentPlace,
  connections: Connections,
): Promise<Readable> {
  const { connection, provider } = await connections.of(account);
  const session = await provider.openMailbox(connection);
  const close = (): void => void session.close();
  try {
    const id = remoteId(place.placement.uidValidity, place.placement.uid);
    const content = await session.fetchPart(place.folder.path, id, place.attachment.part);
    content.once('close', close).once('error', close);
    return content;
  } catch (error) {
    close();
    throw provider.toMailError(error);
  }
}
