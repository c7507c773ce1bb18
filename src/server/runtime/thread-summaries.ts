import { Op } from 'sequelize';
import type { WireThread } from '../../shared/wire';
import type { Address } from '../mail/address';
import { applyChange } from '../mail/flags';
import type { MessageId, ThreadId, UserId } from '../mail/ids';
import type { FolderRow, MessageRow, PlacementRow } from '../ports/records';
import type { Tables } from './tables';

/** Names that a line of the list can show. */
const MOST_PEOPLE = 12;

/** A conversation on a page, with the time of its newest message in the folder. */
export interface ListedThread {
  readonly id: ThreadId;
  readonly lastAt: number;
}

/** The same with the folder in which it is shown. */
export interface PlacedThread extends ListedThread {
  readonly folder: FolderRow;
  /** The message whose first words are shown; else the newest one in the folder. */
  readonly messageId?: MessageId;
}

/** Lines of the list for some conversations of one user, in their order. */
export async function threadSummaries(
  tables: Tables,
  user: UserId,
  page: readonly PlacedThread[],
): Promise<WireThread[]> {
  const ids = page.map(({ id }) => id);
  if (ids.length === 0) return [];
  // Recipients are shown of sent mail only; a mail may have a thousand.
  const people = page.some(({ folder }) => folder.role === 'sent') ? ['from', 'to'] : ['from'];
  const ofThreads = { userId: user, threadId: { [Op.in]: ids } };
  const joins = await joinCounts(tables, user, ids);
  const messages = await tables.messages.find(ofThreads, {
    attributes: ['id', 'threadId', 'subject', 'snippet', ...people, 'sentAt', 'hasAttachments'],
    // Of two of the same second every database names the same first.
    order: [
      ['sentAt', 'ASC'],
      ['id', 'ASC'],
    ],
  });
  const placed = await tables.placements.find(
    { ...ofThreads, shownFolderId: { [Op.ne]: null } },
    { attributes: ['threadId', 'messageId', 'shownFolderId', 'isSeen', 'flags', 'intent'] },
  );
  const messagesOf = groupBy(messages);
  const placedOf = groupBy(placed);
  return page.map((thread) => ({
    ...summaryOf(thread, messagesOf.get(thread.id) ?? [], placedOf.get(thread.id) ?? []),
    joinCount: joins.get(thread.id) ?? 0,
  }));
}

/** How often other conversations were joined to some. To be asked before what is in them: what is joined in between counts as not seen. */
export async function joinCounts(
  tables: Tables,
  user: UserId,
  ids: readonly ThreadId[],
): Promise<ReadonlyMap<ThreadId, number>> {
  const where = { userId: user, id: { [Op.in]: [...ids] } };
  const rows = await tables.threads.find(where, { attributes: ['id', 'joinCount'] });
  return new Map(rows.map((row) => [row.id as ThreadId, row.joinCount ?? 0]));
}

function groupBy<Row extends { readonly threadId: ThreadId | null }>(rows: readonly Row[]): Map<ThreadId, Row[]> {
  const groups = new Map<ThreadId, Row[]>();
  for (const row of rows) {
    const id = row.threadId as ThreadId;
    const group = groups.get(id);
    if (group) group.push(row);
    else groups.set(id, [row]);
  }
  return groups;
}

/** Flags as the reader sees them: what the server said, with the reader's own wishes on top. */
export function shownFlags({ flags, intent }: Pick<PlacementRow, 'flags' | 'intent'>): ReadonlySet<string> {
  const known = new Set(flags ?? []);
  return intent ? applyChange(known, intent) : known;
}

/** One line of the list. Text and time are of the same message: the newest one in this folder, or the one that was found. */
function summaryOf(
  { id, lastAt, folder, messageId }: PlacedThread,
  messages: readonly MessageRow[],
  placed: readonly PlacementRow[],
): Omit<WireThread, 'joinCount'> {
  const present = new Set(placed.map((row) => row.messageId));
  const here = new Set(placed.filter((row) => row.shownFolderId === folder.id).map((row) => row.messageId));
  const mine = messages.filter((message) => present.has(message.id));
  const inFolder = mine.filter((message) => here.has(message.id));
  const isOutgoing = folder.role === 'sent';
  const people = isOutgoing
    ? inFolder.flatMap((message) => message.to ?? [])
    : mine.flatMap((message) => message.from ?? []);
  return {
    id,
    accountId: folder.accountId,
    subject: mine[0]?.subject ?? '',
    folderId: folder.id,
    snippet: (mine.find((message) => message.id === messageId) ?? inFolder.at(-1))?.snippet ?? '',
    people: fewPeople(people),
    isOutgoing,
    messageCount: mine.length,
    newestId: mine.reduce((newest, message) => Math.max(newest, message.id), 0),
    lastMessageAt: lastAt,
    // As the folder counts: what is marked read there is not unread because of something elsewhere.
    isUnread: placed.some((row) => row.shownFolderId === folder.id && !row.isSeen),
    isStarred: placed.some((row) => shownFlags(row).has('\\Flagged')),
    hasAttachments: mine.some((message) => message.hasAttachments),
  };
}

/** The first few different people, in the order in which they appear. */
function fewPeople(people: readonly Address[]): Address[] {
  const few = new Map<string, Address>();
  for (const one of people) {
    if (few.size === MOST_PEOPLE) break;
    if (!few.has(one.address)) few.set(one.address, one);
  }
  return [...few.values()];
}
