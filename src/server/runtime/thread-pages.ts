import { Op } from 'sequelize';
import { MailError } from '../errors/mail-error';
import type { ThreadId, UserId } from '../mail/ids';
import type { FolderRow, PlacementRow } from '../ports/records';
import type { Tables } from './tables';
import type { ListedThread } from './thread-summaries';

/** Rows read at a time; a long conversation at the top of a folder is passed over in a few steps. */
const STEP = 200;
const MOST_STEPS = 200;

/** A place in a list that is sorted by time, then id. */
export interface Position {
  readonly time: number;
  readonly id: number;
}

export interface ThreadPage {
  readonly threads: readonly ListedThread[];
  readonly nextBefore: string | null;
}

/**
 * One page of conversations of a folder, each at the place of its newest message there. Walks down the index of the folder instead
 * of grouping it: the time it takes depends on the page, not on the folder.
 * @param before `nextBefore` of the page before; null for the first
 * @throws MailError `EMAIL_INVALID_INPUT`
 */
export async function threadPage(
  tables: Tables,
  user: UserId,
  folder: FolderRow,
  before: string | null,
  limit: number,
): Promise<ThreadPage> {
  let position = before === null ? null : positionOf(before);
  const top = position;
  const seen = new Set<ThreadId>();
  const page: { readonly thread: ListedThread; readonly at: Position }[] = [];
  for (let step = 0; step < MOST_STEPS && page.length <= limit; step += 1) {
    const rows = await below(tables, user, folder, position);
    const fresh = firstOfEach(rows, seen);
    const older = top === null ? new Set<ThreadId>() : await shownBefore(tables, folder, fresh, top);
    for (const row of fresh) {
      const id = row.threadId as ThreadId;
      if (!older.has(id))
        page.push({ thread: { id, lastAt: row.receivedAt }, at: { time: row.receivedAt, id: row.id } });
    }
    const last = rows.at(-1);
    if (rows.length < STEP || !last) break;
    position = { time: last.receivedAt, id: last.id };
  }
  const shown = page.slice(0, limit);
  const last = shown.at(-1);
  const isMore = page.length > limit && last !== undefined;
  return { threads: shown.map(({ thread }) => thread), nextBefore: isMore ? `${last.at.time}-${last.at.id}` : null };
}

/** Reads `nextBefore`. @throws MailError `EMAIL_INVALID_INPUT` */
export function positionOf(before: string): Position {
  const match = /^(-?\d{1,16})-(\d{1,16})$/.exec(before);
  if (!match) throw new MailError('EMAIL_INVALID_INPUT', { params: { field: 'before' } });
  return { time: Number(match[1]), id: Number(match[2]) };
}

function below(tables: Tables, user: UserId, folder: FolderRow, position: Position | null): Promise<PlacementRow[]> {
  const older = position && {
    // Said twice: databases find the place in the index by the first, and the order among equals by the second.
    receivedAt: { [Op.lte]: position.time },
    [Op.or]: [{ receivedAt: { [Op.lt]: position.time } }, { id: { [Op.lt]: position.id } }],
  };
  const where = { shownFolderId: folder.id, userId: user, threadId: { [Op.ne]: null }, ...older };
  return tables.placements.find(where, {
    attributes: ['id', 'threadId', 'receivedAt'],
    order: [
      ['receivedAt', 'DESC'],
      ['id', 'DESC'],
    ],
    limit: STEP,
  });
}

function firstOfEach(rows: readonly PlacementRow[], seen: Set<ThreadId>): PlacementRow[] {
  return rows.filter((row) => {
    const id = row.threadId as ThreadId;
    return seen.has(id) ? false : Boolean(seen.add(id));
  });
}

/** Conversations whose newest message in the folder stands higher up: they were on a page before. */
async function shownBefore(
  tables: Tables,
  folder: FolderRow,
  rows: readonly PlacementRow[],
  top: Position,
): Promise<Set<ThreadId>> {
  if (rows.length === 0) return new Set();
  const { placements } = tables;
  const { sequelize } = placements.db;
  const threadId = { [Op.in]: rows.map((row) => row.threadId as ThreadId) };
  const newest = await placements.select(
    { shownFolderId: folder.id, threadId },
    {
      attributes: [
        [sequelize.col(placements.column('threadId')), 'thread'],
        [sequelize.fn('MAX', sequelize.col(placements.column('receivedAt'))), 'lastAt'],
      ],
      group: [placements.column('threadId')],
    },
  );
  const lastAt = new Map(newest.map((row) => [Number(row.thread), Number(row.lastAt)]));
  const higher = rows.filter((row) => (lastAt.get(Number(row.threadId)) ?? 0) > row.receivedAt);
  const level = await levelWithTop(tables, folder, rows, top);
  return new Set([...higher.map((row) => row.threadId as ThreadId), ...level]);
}

/** Conversations with a message of the very time at which this page begins, on the page before: equal times are in order of their ids. */
async function levelWithTop(
  tables: Tables,
  folder: FolderRow,
  rows: readonly PlacementRow[],
  top: Position,
): Promise<ThreadId[]> {
  const ids = rows.filter((row) => row.receivedAt === top.time).map((row) => row.threadId as ThreadId);
  if (ids.length === 0) return [];
  const where = {
    shownFolderId: folder.id,
    threadId: { [Op.in]: ids },
    receivedAt: top.time,
    id: { [Op.gte]: top.id },
  };
  const above = await tables.placements.find(where, { attributes: ['threadId'] });
  return above.map((row) => row.threadId as ThreadId);
}
