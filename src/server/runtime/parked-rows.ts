import { Op, type WhereOptions } from 'sequelize';
import type { FolderRow, MessageRow, PlacementRow } from '../ports/records';
import type { ReadContent } from '../ports/stores';
import { leftLately } from './copies';
import type { Pair } from './pair-off';
import { locked, type Tx } from './table';
import type { Tables } from './tables';

/**
 * An epoch that no folder has: rows in it were moved here, wait for the same message to be listed, and leave it what is wished of them. No number,
 * for servers do say 0, which RFC 9051 §2.3.1.1 forbids.
 */
export const PARKED = '-';

/** The same for rows whose UIDs mean something else by now, under the same UIDVALIDITY: whether their mails are still here is not known. */
export const REBORN = '--';

/** Rows that wait for a message to be listed, and have no place. */
export const WAITING: readonly string[] = [PARKED, REBORN];

const HEAD = ['subject', 'from', 'to', 'cc', 'bcc', 'replyTo', 'inReplyTo', 'references', 'sentAt'] as const;

/**
 * Mails without Message-ID have no name by which a waiting row (`where`) could find its own. They are told by what a move keeps (RFC 9051 §6.4.7):
 * size, INTERNALDATE and header fields. Where more than one mail might be meant nothing is done, and the mail is there again: better than
 * to erase another one.
 */
export async function namelessTwins(
  tables: Tables,
  folder: FolderRow,
  read: readonly ReadContent[],
  where: WhereOptions<PlacementRow>,
  tx: Tx,
): Promise<Pair<PlacementRow>[]> {
  const nameless = read.filter(({ message, placement }) => message.messageId === null && placement.emailId === null);
  if (nameless.length === 0) return [];
  const sizeBytes = { [Op.in]: nameless.map(({ placement }) => placement.sizeBytes) };
  const alike = { [Op.and]: [where, { sizeBytes }] } as WhereOptions<PlacementRow>;
  const waiting = await tables.placements.find(alike, locked(tx));
  const ids = waiting.flatMap(({ messageId }) => messageId ?? []);
  if (ids.length === 0) return [];
  const attributes = ['id', 'copiedAt', ...HEAD];
  const contents = await tables.messages.find(
    { id: { [Op.in]: ids }, messageId: null },
    { attributes, transaction: tx },
  );
  const twins: Pair<PlacementRow>[] = [];
  for (const parked of waiting) {
    const content = contents.find(({ id }) => id === parked.messageId);
    if (content === undefined || (parked.uidValidity !== PARKED && leftLately(content, folder))) continue;
    const same = nameless.filter((one) => isSame(parked, content, one));
    if (same.length === 1 && (await isAlone(tables, folder, parked, tx)))
      twins.push({ waiting: parked, placementId: same[0].placement.placementId });
  }
  return twins;
}

/**
 * No other mail, and no other that waits, is as large and came in the same second: in the folder, where it was moved there; anywhere, where it may be
 * another one that has come from elsewhere.
 */
async function isAlone(tables: Tables, folder: FolderRow, parked: PlacementRow, tx: Tx): Promise<boolean> {
  const { sizeBytes, receivedAt } = parked;
  const where = parked.uidValidity === PARKED ? { folderId: folder.id } : { accountId: folder.accountId };
  const alike = { ...where, sizeBytes, receivedAt, id: { [Op.ne]: parked.id } };
  return (await tables.placements.count(alike, tx)) === 1;
}

function isSame(parked: PlacementRow, content: MessageRow, { placement, message }: ReadContent): boolean {
  const read: Partial<MessageRow> = { ...message, sentAt: message.date?.getTime() ?? placement.receivedAt };
  return (
    message.errorCode === null &&
    placement.sizeBytes === parked.sizeBytes &&
    placement.receivedAt === parked.receivedAt &&
    HEAD.every((field) => written(content[field]) === written(read[field]))
  );
}

/** Values as text; databases keep the names in JSON in an order of their own. */
function written(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part) ? Object.entries(part).sort() : part,
  );
}
