import { Op } from 'sequelize';
import type { MessageId, ThreadId } from '../mail/ids';
import { hasFiles } from '../messages/attachments-of';
import { fingerprint } from '../messages/fingerprint';
import type { AttachmentRow, FolderRow, MessageRow } from '../ports/records';
import type { Depth, ParsedMessage, ReadContent } from '../ports/stores';
import type { ThreadRules } from '../threads/thread-keys';
import { joinThreads } from './join-threads';
import type { EntryRow, NativeIndex } from './search/native-index';
import { writeEntries } from './search/write-entries';
import type { Tx } from './table';
import type { Tables } from './tables';
import type { Cells } from './update-each';
import { replaceWaitingRows } from './waiting-rows';

/** One message of a batch with what the database knows of it. */
interface Item extends ReadContent {
  readonly key: string;
}

type Known = Pick<MessageRow, (typeof KNOWN)[number]>;
const KNOWN = ['id', 'threadId', 'fingerprint', 'isComplete', 'errorCode', 'sentAt', 'orphanedAt'] as const;
const NOBODY: ReadonlySet<MessageId> = new Set();

/** What a batch is stored with. */
export interface Storing {
  readonly tables: Tables;
  /** Null where the index has to wait: then what is stored is marked for it. */
  readonly index: NativeIndex | null;
  readonly folder: FolderRow;
  readonly depth: Depth;
  readonly rules: ThreadRules;
  readonly tx: NonNullable<Tx>;
}

/** Only its header is known, or what was read of it could not be read well: it is worth reading again. */
const isLacking = ({ isComplete, errorCode }: Known): boolean => isComplete === false || errorCode !== null;

/**
 * Stores what was read of some placements of one folder, once per account: a copy of the same mail in another folder, or the same
 * mail after a move, gets the content that is there. A batch is one transaction and a dozen statements, whatever its size.
 * @returns whether all that came with a body is indexed, too
 */
export async function storeContents(into: Storing, read: readonly ReadContent[]): Promise<boolean> {
  const { tables, folder, depth, tx } = into;
  const items = read.map((one) => ({ ...one, key: keyOf(folder, one) }));
  const unlinked = items.filter(({ placement }) => placement.messageId === null);
  const known = await knownMessages(tables, folder, items, tx);
  const best = bestOf(items);
  const unknown = best.filter(({ key }) => !known.has(key));
  const fresh = unknown.length > 0 ? await insertMessages(into, unknown, known) : NOBODY;
  const isIndexed =
    depth === 'head' ||
    (await completeMessages(into, best, known, { inserted: new Set(unknown.map(({ key }) => key)), fresh }));
  await linkPlacements(tables, items, known, depth, tx);
  const arrived = unlinked.flatMap((item) => {
    const { placementId, id } = item.placement;
    const messageId = known.get(item.key)?.id;
    return messageId === undefined ? [] : [{ ...item, placementId, id, messageId }];
  });
  if (arrived.length > 0) await replaceWaitingRows(tables, folder, arrived, tx);
  return isIndexed;
}

/** EMAILID is the server's own word for "the same"; else we tell by what was read. */
function keyOf(folder: FolderRow, { placement, message }: ReadContent): string {
  const { id, receivedAt, emailId } = placement;
  return fingerprint(message, { folderId: folder.id, id, receivedAt, emailId });
}

async function knownMessages(
  tables: Tables,
  folder: FolderRow,
  items: readonly Item[],
  tx: Tx,
): Promise<Map<string, Known>> {
  if (items.length === 0) return new Map();
  const attributes = [...KNOWN];
  const fingerprints = { [Op.in]: items.map(({ key }) => key) };
  const where = { accountId: folder.accountId, fingerprint: fingerprints };
  const rows = await tables.messages.find(where, { attributes, transaction: tx });
  const known = new Map<string, Known>(rows.map((row) => [row.fingerprint, row]));
  // A body of a message whose header we have: its placement says which, even if the rules for fingerprints have changed.
  const ids = items.flatMap(({ placement }) => placement.messageId ?? []);
  const byId =
    ids.length > 0 ? await tables.messages.find({ id: { [Op.in]: ids } }, { attributes, transaction: tx }) : [];
  const rowOf = new Map(byId.map((row) => [row.id, row]));
  for (const { key, placement } of items) {
    const row = placement.messageId === null ? undefined : rowOf.get(placement.messageId);
    if (row && !known.has(key)) known.set(key, row);
  }
  return known;
}

/** One copy of each message: a batch may hold two of one, and one of them may have come without its files. */
function bestOf(items: readonly Item[]): Item[] {
  const best = new Map<string, Item>();
  for (const item of items) {
    const other = best.get(item.key);
    if (!other || (other.message.errorCode !== null && item.message.errorCode === null)) best.set(item.key, item);
  }
  return [...best.values()];
}

/** By its Date field, or else when the server received it. */
const sentAtOf = ({ message, placement }: Pick<ReadContent, 'message' | 'placement'>): number =>
  message.date?.getTime() ?? placement.receivedAt;

/** Words that are written with the message itself. */
const canIndex = ({ index, depth }: Storing, { words }: ParsedMessage): boolean =>
  depth === 'full' && index !== null && words !== null;

/** @returns ids of rows that are certainly new, so that nothing can stand beside them yet */
async function insertMessages(
  into: Storing,
  items: readonly Item[],
  known: Map<string, Known>,
): Promise<ReadonlySet<MessageId>> {
  const { tables, folder, depth, rules, tx } = into;
  const { accountId, userId } = folder;
  const threads = await joinThreads(tables, folder, items, tx, rules);
  const rows = items.map(({ key, message, placement }) => ({
    ...headOf(message),
    text: message.text,
    html: message.html,
    snippet: message.snippet,
    accountId,
    userId,
    threadId: threads.get(key) as ThreadId,
    threadVersion: rules.version,
    fingerprint: key,
    sentAt: sentAtOf({ message, placement }),
    hasAttachments: hasFiles(message.attachments),
    isComplete: depth === 'full',
    needsIndex: !canIndex(into, message),
  }));
  const written = await tables.messages.insertMany(rows, tx, KNOWN);
  for (const row of written) known.set(row.fingerprint, row);
  // What was there already, or a database that does not say what it wrote.
  const others = items.filter(({ key }) => !known.has(key));
  for (const [key, row] of await knownMessages(tables, folder, others, tx)) known.set(key, row);
  return new Set(written.map(({ id }) => id));
}

/** Columns that its header gives. */
function headOf(message: ParsedMessage) {
  const { messageId, inReplyTo, references, threadIndex, remoteThreadId, subject, sizeBytes, errorCode } = message;
  const { from, to, cc, bcc, replyTo } = message;
  const ids = { messageId, inReplyTo, references, threadIndex, remoteThreadId };
  return { ...ids, subject, from, to, cc, bcc, replyTo, sizeBytes, errorCode };
}

function entryOf(
  { accountId, userId }: FolderRow,
  { message, placement }: Pick<Item, 'message' | 'placement'>,
  { id, errorCode, sentAt }: Known,
): EntryRow {
  // A header that comes only now brings its date with it (completeHeads).
  const hasHeadNow = errorCode !== null && message.errorCode === null;
  const at = hasHeadNow ? sentAtOf({ message, placement }) : sentAt;
  return { id, accountId, userId, sentAt: at, words: message.words?.split(' ') ?? [] };
}

/**
 * Bodies of messages that had none, attachments and words; what was inserted just now has its body.
 * @returns whether all of them are indexed
 */
async function completeMessages(
  into: Storing,
  items: readonly Item[],
  known: ReadonlyMap<string, Known>,
  { inserted, fresh }: { readonly inserted: ReadonlySet<string>; readonly fresh: ReadonlySet<MessageId> },
): Promise<boolean> {
  const { tables, folder, tx } = into;
  const { accountId, userId } = folder;
  const lacking = new Map<MessageId, Cells>();
  const attachmentsOf = new Map<MessageId, Partial<AttachmentRow>[]>();
  const entries: EntryRow[] = [];
  for (const { key, message, placement } of items) {
    const row = known.get(key);
    if (!row || attachmentsOf.has(row.id) || !(isLacking(row) || inserted.has(key))) continue;
    const { text, html, snippet, errorCode } = message;
    const attachments = message.attachments.map((one) => ({ ...one, accountId, userId, messageId: row.id }));
    attachmentsOf.set(row.id, attachments);
    const hasAttachments = hasFiles(message.attachments);
    const needsIndex = !canIndex(into, message);
    if (!needsIndex) entries.push(entryOf(folder, { message, placement }, row));
    const cells = { text, html, snippet, hasAttachments, errorCode, isComplete: true, needsIndex };
    if (isLacking(row)) lacking.set(row.id, cells);
  }
  if (into.index) await writeEntries(tables, into.index, entries, { fresh, tx });
  await removeAttachments(
    tables,
    [...attachmentsOf.keys()].filter((id) => !fresh.has(id)),
    tx,
  );
  await tables.attachments.insertMany([...attachmentsOf.values()].flat(), tx);
  const isIndexed = entries.length === attachmentsOf.size;
  if (lacking.size === 0) return isIndexed;
  await completeHeads(tables, items, known, tx);
  await tables.messages.updateEach(lacking, tx);
  const ofThem = { messageId: { [Op.in]: [...lacking.keys()] } };
  await tables.placements.update({ needsBody: false }, ofThem, tx);
  return isIndexed;
}

async function removeAttachments(tables: Tables, of: readonly MessageId[], tx: Tx): Promise<void> {
  if (of.length === 0) return;
  // Only what is there: InnoDB locks the gap where a row to be deleted would be, and two accounts would wait for each other.
  const old = { messageId: { [Op.in]: of } };
  const rows = await tables.attachments.find(old, { attributes: ['id'], transaction: tx });
  if (rows.length > 0) await tables.attachments.remove({ id: { [Op.in]: rows.map(({ id }) => id) } }, tx);
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
    const sentAt = sentAtOf({ message, placement });
    await tables.messages.update({ ...headOf(message), sentAt, threadVersion: 0 }, { id: row.id }, tx);
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
  const found = [...known.values()].flatMap(({ id, orphanedAt }) => (orphanedAt === null ? [] : id));
  if (found.length > 0) await tables.messages.update({ orphanedAt: null }, { id: { [Op.in]: found } }, tx);
}
