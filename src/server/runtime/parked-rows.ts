import { Op } from 'sequelize';
import type { FolderRow, MessageRow, PlacementRow } from '../ports/records';
import type { ReadContent } from '../ports/stores';
import type { Tx } from './table';
import type { Tables } from './tables';

/** An epoch that no folder has: rows in it wait for the same message to be listed, and leave it what is wished of them. */
export const PARKED = '0';

/** A row that waits, and the row of the same mail that has been listed. */
export interface Twin {
  readonly parked: PlacementRow;
  readonly placementId: number;
}

/**
 * Mails without Message-ID have no name by which a waiting row could find its own. They are told by what a move keeps (RFC 9051 §6.4.7):
 * size, INTERNALDATE and header fields. Of equal ones each finds one; which does not matter, for they are equal.
 */
export async function namelessTwins(
  tables: Tables,
  folder: FolderRow,
  read: readonly ReadContent[],
  tx: Tx,
): Promise<Twin[]> {
  const nameless = new Set(read.filter(({ message }) => message.messageId === null && message.errorCode === null));
  if (nameless.size === 0) return [];
  const waiting = await tables.placements.find({ folderId: folder.id, uidValidity: PARKED }, { transaction: tx });
  const ids = waiting.flatMap(({ messageId }) => messageId ?? []);
  if (ids.length === 0) return [];
  const attributes = ['id', 'subject', 'from', 'to', 'sentAt'];
  const where = { id: { [Op.in]: ids }, messageId: null };
  const contents = await tables.messages.find(where, { attributes, transaction: tx });
  return waiting.flatMap((parked) => {
    const content = contents.find(({ id }) => id === parked.messageId);
    const same = [...nameless].find((one) => content !== undefined && isSame(parked, content, one));
    if (!same) return [];
    nameless.delete(same);
    return [{ parked, placementId: same.placement.placementId }];
  });
}

function isSame(parked: PlacementRow, content: MessageRow, { placement, message }: ReadContent): boolean {
  const heads = [content, message].map(({ subject, from, to }) => JSON.stringify([subject, from, to]));
  const sentAt = message.date?.getTime() ?? placement.receivedAt;
  return (
    placement.sizeBytes === parked.sizeBytes &&
    placement.receivedAt === parked.receivedAt &&
    content.sentAt === sentAt &&
    heads[0] === heads[1]
  );
}
