import { remoteId } from '../mail/ids';
import type { PlacementRow } from '../ports/records';
import type { ShallowPlacement } from '../ports/stores';

/** What `asShallow` needs. */
export const SHALLOW = ['id', 'emailId', 'receivedAt', 'sizeBytes', 'attempts', 'messageId', 'uidValidity', 'uid'];

/** What is still to be read of a placement. */
export function asShallow(row: PlacementRow): ShallowPlacement {
  const { id, emailId, receivedAt, sizeBytes, attempts, messageId } = row;
  return {
    placementId: id,
    id: remoteId(row.uidValidity, row.uid),
    emailId,
    receivedAt,
    sizeBytes,
    attempts,
    messageId,
  };
}
