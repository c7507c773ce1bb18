import { Op } from 'sequelize';
import { combineChanges } from '../mail/flags';
import type { MessageId, ThreadId } from '../mail/ids';
import { fingerprint } from '../messages/fingerprint';
import type { AttachmentRow, FolderRow, MessageRow, PlacementRow } from '../ports/records';
import type { Depth, ReadContent } from '../ports/stores';
import type { ThreadRules } from '../threads/thread-keys';
import { changedFolders, removePlacements } from './folder-counts';
import { joinThreads } from './join-threads';
import { namelessTwins } from './parked-rows';
import type { Tx } from './table';
import { shownFlags } from './thread-summaries';
import type { Tables } from './tables';
import type { Cells } from './update-each';

/** One message of a batch with what the database knows of it. */
interface Item extends ReadContent {
  readonly key: string;
}

type Known = Pick<MessageRow, 'id' | 'threadId' | 'fingerprint' | 'isComplete' | 'errorCode'>;

/** Only its header is known, or what was read of it could not be read well: it is worth reading again. */
const isLacking = ({ isComplete, errorCode }: Known): boolean => isComplete === false || errorCode !== null;

/**
 * Stores what was read of some placements of one folder, once per account: a copy of the same mail in another folder, or the same
 * mail after a move, gets the content that is there. A batch is one transaction and a dozen statements, whatever its size.
 */
export async function storeContents(
  tables: Tables,
  folder: FolderRow,
  read: readonly ReadContent[],
  depth: Depth,
  rules: ThreadRules,
  tx: Tx,
): Promise<void> {
  const items = read.map((one) => ({ ...one, key: keyOf(folder, one) }));
  const unlinked = items.filter(({ placement }) => placement.messageId === null);
  const known = await knownMessages(tables, folder, items, tx);
  await insertMessages(tables, folder, fresh(items, known), known, rules, tx);
  if (depth === 'full') await completeMessages(tables, folder, items, known, tx);
  await linkPlacements(tables, items, known, depth, tx);
  if (unlinked.length > 0) await replacePastRows(tables, folder, unlinked, known, tx);
}

/** EMAILID is the server's own word for "the same"; else we tell by what was read. */
function keyOf(folder: FolderRow, { placement, message }: ReadContent): string {
  return fingerprint(message, { folderId: folder.id, id: placement.id, emailId: placement.emailId });
}

async function knownMessages(
  tables: Tables,
  folder: FolderRow,
  items: readonly Item[],
  tx: Tx,
): Promise<Map<string, Known>> {
  const attributes = ['id', 'threadId', 'fingerprint', 'isComplete', 'errorCode'];
  const fingerprints = { [Op.in]: items.map(({ key }) => key) };
  const where = { accountId: folder.accountId, fingerprint: fingerprints };
  const rows = await tables.messages.find(where, { attributes, transaction: tx });
  const known = new Map<string, Known>(rows.map((row) => [row.fingerprint, row]));
  // A body of a message whose header we have: its placement says which, even if the rules for fingerprints have changed.
  const ids = items.flatMap(({ placement }) => placement.messageId ?? []);
  const byId =
    ids.length > 0 ? await tables.messages.find({ id: { [Op.in]: ids } }, { attributes, transaction: tx }) : [];
  for (const item of items) {
    const row = byId.find(({ id }) => id === item.placement.messageId);
    if (row && !known.has(item.key)) known.set(item.key, row);
  }
  return known;
}

/** The first of each message that is new; a batch may hold two copies of one. */
function fresh(items: readonly Item[], known: ReadonlyMap<string, Known>): Item[] {
  return [...new Map(items.filter(({ key }) => !known.has(key)).map((item) => [item.key, item])).values()];
}

async function insertMessages(
  tables: Tables,
  folder: FolderRow,
  items: readonly Item[],
  known: Map<string, Known>,
  rules: ThreadRules,
  tx: Tx,
): Promise<void> {
  if (items.length === 0) return;
  const { accountId, userId } = folder;
  const threads = await joinThreads(tables, folder, items, tx, rules);
  const rows = items.map(({ key, message, placement }) => {
    const { attachments, date, headerDigest: _digest, ...content } = message;
    return {
      ...content,
      accountId,
      userId,
      threadId: threads.get(key) as ThreadId,
      threadVersion: rules.version,
      fingerprint: key,
      sentAt: date?.getTime() ?? placement.receivedAt,
      hasAttachments: attachments.some((attachment) => !attachment.isInline),
      isComplete: false,
    };
  });
  await tables.messages.insertMany(rows, tx);
  for (const [key, row] of await knownMessages(tables, folder, items, tx)) known.set(key, row);
}

/** Bodies and attachments of messages that had none. */
async function completeMessages(
  tables: Tables,
  folder: FolderRow,
  items: readonly Item[],
  known: ReadonlyMap<string, Known>,
  tx: Tx,
): Promise<void> {
  const { accountId, userId } = folder;
  const done = new Map<MessageId, { cells: Cells; attachments: Partial<AttachmentRow>[] }>();
  for (const { key, message } of items) {
    const row = known.get(key);
    if (!row || !isLacking(row) || done.has(row.id)) continue;
    const { text, html, snippet, errorCode } = message;
    const attachments = message.attachments.map((one) => ({ ...one, accountId, userId, messageId: row.id }));
    const hasAttachments = attachments.some((attachment) => !attachment.isInline);
    const cells = { text, html, snippet, hasAttachments, errorCode, isComplete: true, needsIndex: true };
    done.set(row.id, { cells, attachments });
  }
  if (done.size === 0) return;
  await completeHeads(tables, items, known, tx);
  const ofThem = { messageId: { [Op.in]: [...done.keys()] } };
  await tables.messages.updateEach(new Map([...done].map(([id, { cells }]) => [id, cells])), tx);
  await tables.attachments.remove(ofThem, tx);
  await tables.attachments.insertMany(
    [...done.values()].flatMap(({ attachments }) => attachments),
    tx,
  );
  await tables.placements.update({ needsBody: false }, ofThem, tx);
}

/**
 * What was stored as unreadable has neither sender nor subject; when it can be read after all, it gets them, and is threaded again by the
 * worker like mail of earlier rules. There are few of these.
 */
async function completeHeads(
  tables: Tables,
  items: readonly Item[],
  known: ReadonlyMap<string, Known>,
  tx: Tx,
): Promise<void> {
  for (const { key, message, placement } of items) {
    const row = known.get(key);
    if (!row || row.errorCode === null || message.errorCode !== null) continue;
    const {
      attachments: _files,
      date,
      headerDigest: _digest,
      text: _text,
      html: _html,
      snippet: _words,
      ...head
    } = message;
    const sentAt = date?.getTime() ?? placement.receivedAt;
    await tables.messages.update({ ...head, sentAt, threadVersion: 0 }, { id: row.id }, tx);
  }
}

async function linkPlacements(
  tables: Tables,
  items: readonly Item[],
  known: ReadonlyMap<string, Known>,
  depth: Depth,
  tx: Tx,
): Promise<void> {
  const links = new Map<number, { messageId: number; threadId: number | null; needsBody: boolean; attempts: number }>();
  for (const { key, placement, isGivenUp } of items) {
    const row = known.get(key);
    if (!row) continue;
    const needsBody = depth === 'head' && isLacking(row);
    const attempts = isGivenUp ? placement.attempts : 0;
    links.set(placement.placementId, { messageId: row.id, threadId: row.threadId, needsBody, attempts });
  }
  await tables.placements.updateEach(links, tx);
}

/** A row of an epoch that has passed gives way to the one that was read again, and leaves it what the user wished meanwhile. */
async function replacePastRows(
  tables: Tables,
  folder: FolderRow,
  items: readonly Item[],
  known: ReadonlyMap<string, Known>,
  tx: Tx,
): Promise<void> {
  const ids = items.flatMap(({ key }) => known.get(key)?.id ?? []);
  const past = await tables.placements.find(
    { folderId: folder.id, messageId: { [Op.in]: ids }, uidValidity: { [Op.ne]: folder.epoch ?? '' } },
    { transaction: tx },
  );
  const named = past.map((parked) => {
    const successor = items.find(({ key }) => known.get(key)?.id === parked.messageId);
    return { parked, placementId: successor?.placement.placementId };
  });
  const twins = [...named, ...(await namelessTwins(tables, folder, items, tx))];
  for (const { parked, placementId } of twins) {
    if (placementId !== undefined && parked.hasIntent) await inherit(tables, placementId, parked, tx);
    await removePlacements(tables, { id: parked.id }, tx);
  }
  if (twins.length > 0) await changedFolders(tables, [folder.id], tx);
}

async function inherit(tables: Tables, heir: number, past: PlacementRow, tx: Tx): Promise<void> {
  const mine = await tables.placements.first({ id: heir }, { transaction: tx });
  if (!mine) return;
  const intent = past.intent ? combineChanges(past.intent, mine.intent ?? { add: [], remove: [] }) : mine.intent;
  const { pending, shownFolderId } = past;
  const isSeen = shownFlags({ flags: mine.flags, intent }).has('\\Seen');
  const shown = pending === null ? {} : { pending, shownFolderId };
  await tables.placements.update({ intent, hasIntent: true, isSeen, ...shown }, { id: heir }, tx);
}
