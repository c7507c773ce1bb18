import { Op } from 'sequelize';
import { MailError } from '../errors/mail-error';
import { combineChanges, type FlagChange } from '../mail/flags';
import type { AccountId, FolderId, MessageId, ThreadId, UserId } from '../mail/ids';
import type { FolderRow, PlacementRow } from '../ports/records';
import type { Tables } from './tables';
import { shownFlags } from './thread-summaries';

/** SQLite allows 32,766 variables in a statement. */
const ROWS_AT_ONCE = 1_000;

export interface MovedMessages {
  readonly account: AccountId;
  readonly messages: readonly MessageId[];
}

const SEEN: FlagChange = { add: ['\\Seen'], remove: [] };
const UNSEEN: FlagChange = { add: [], remove: ['\\Seen'] };
const STARRED: FlagChange = { add: ['\\Flagged'], remove: [] };
const UNSTARRED: FlagChange = { add: [], remove: ['\\Flagged'] };

/**
 * What a user changes of received mail: at once for the reader, as operations that a worker takes to the server. Every query starts
 * from the user. Answers the account whose worker has to be woken.
 * @throws MailError `EMAIL_NOT_FOUND` for what is somebody else's, too
 */
export class DatabaseMailChanges {
  constructor(private readonly tables: Tables) {}

  /** Marks conversations read or unread, wherever their messages lie. */
  async mark(user: UserId, threads: readonly number[], isSeen: boolean): Promise<AccountId> {
    const rows = await this.shown(user, threads);
    await this.wish(
      rows.filter((row) => shownFlags(row).has('\\Seen') !== isSeen),
      isSeen ? SEEN : UNSEEN,
    );
    return rows[0].accountId;
  }

  /** A star goes to the newest message of a conversation, as Gmail and Outlook do it; taking it away clears all of them. */
  async star(user: UserId, threads: readonly number[], isStarred: boolean): Promise<AccountId> {
    const rows = await this.shown(user, threads);
    const starred = rows.filter((row) => shownFlags(row).has('\\Flagged'));
    if (!isStarred) await this.wish(starred, UNSTARRED);
    else {
      const has = new Set(starred.map((row) => row.threadId));
      await this.wish(
        newestOfEach(rows).filter((row) => !has.has(row.threadId)),
        STARRED,
      );
    }
    return rows[0].accountId;
  }

  /**
   * Moves what conversations have in one folder to another of the same account.
   * @param only of these messages, to take back a move; null: all of them
   */
  async move(
    user: UserId,
    threads: readonly number[],
    from: FolderRow,
    target: FolderRow,
    only: readonly number[] | null = null,
  ): Promise<MovedMessages> {
    if (from.accountId !== target.accountId || !target.isSelectable || from.id === target.id)
      throw new MailError('EMAIL_INVALID_INPUT', { params: { field: 'targetId' } });
    const rows = await this.shownIn(user, threads, from.id, only);
    const back = rows.filter((row) => row.folderId === target.id);
    const away = rows.filter((row) => row.folderId !== target.id);
    await this.update(away, { shownFolderId: target.id, pending: 'move', hasIntent: true });
    for (const row of back) await this.moveBack(row, target);
    await this.recount([from.id, target.id]);
    return { account: from.accountId, messages: rows.flatMap((row) => row.messageId ?? []) };
  }

  /** Not told to the server yet, so nothing has to be moved there; unless it has just been told. */
  private async moveBack(row: PlacementRow, target: FolderRow): Promise<void> {
    const home = { shownFolderId: target.id, pending: null, hasIntent: row.intent !== null };
    const still = await this.tables.placements.update(home, { id: row.id, folderId: target.id });
    if (still === 0) await this.update([row], { shownFolderId: target.id, pending: 'move', hasIntent: true });
  }

  /** Deletes for ever what conversations have in one folder. */
  async erase(user: UserId, threads: readonly number[], from: FolderRow): Promise<AccountId> {
    const rows = await this.shownIn(user, threads, from.id);
    await this.update(rows, { shownFolderId: null, pending: 'erase', hasIntent: true });
    await this.recount([from.id]);
    return from.accountId;
  }

  /** Marks everything in a folder read. */
  async markFolder(user: UserId, folder: FolderRow): Promise<AccountId> {
    const unread = { userId: user, shownFolderId: folder.id, isSeen: false };
    for (;;) {
      const rows = await this.tables.placements.find(unread, { limit: ROWS_AT_ONCE });
      if (rows.length === 0) return folder.accountId;
      await this.wish(rows, SEEN);
    }
  }

  private async shown(user: UserId, threads: readonly number[]): Promise<PlacementRow[]> {
    const where = { userId: user, threadId: { [Op.in]: [...threads] }, shownFolderId: { [Op.ne]: null } };
    const rows = await this.tables.placements.find(where);
    if (rows.length === 0) throw new MailError('EMAIL_NOT_FOUND');
    return rows;
  }

  private async shownIn(
    user: UserId,
    threads: readonly number[],
    folder: FolderId,
    only: readonly number[] | null = null,
  ): Promise<PlacementRow[]> {
    const some = only === null ? {} : { messageId: { [Op.in]: [...only] } };
    const where = { userId: user, threadId: { [Op.in]: [...threads] }, shownFolderId: folder, ...some };
    const rows = await this.tables.placements.find(where);
    if (rows.length === 0) throw new MailError('EMAIL_NOT_FOUND');
    return rows;
  }

  private async wish(rows: readonly PlacementRow[], change: FlagChange): Promise<void> {
    const seen = change.add.includes('\\Seen') ? true : change.remove.includes('\\Seen') ? false : null;
    for (const [intent, group] of byIntent(rows, change))
      await this.update(group, { intent, hasIntent: true, ...(seen === null ? {} : { isSeen: seen }) });
    if (seen !== null) await this.recount(rows.flatMap((row) => row.shownFolderId ?? []));
  }

  private async update(rows: readonly PlacementRow[], values: object): Promise<void> {
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      const id = { [Op.in]: rows.slice(at, at + ROWS_AT_ONCE).map((row) => row.id) };
      await this.tables.placements.update(values, { id });
    }
  }

  private async recount(folders: readonly FolderId[]): Promise<void> {
    for (const id of new Set(folders)) {
      const totalCount = await this.tables.placements.count({ shownFolderId: id });
      const unreadCount = await this.tables.placements.count({ shownFolderId: id, isSeen: false });
      await this.tables.folders.update({ totalCount, unreadCount }, { id });
    }
  }
}

function newestOfEach(rows: readonly PlacementRow[]): PlacementRow[] {
  const newest = new Map<ThreadId | null, PlacementRow>();
  for (const row of rows) {
    const known = newest.get(row.threadId);
    if (!known || row.receivedAt > known.receivedAt) newest.set(row.threadId, row);
  }
  const messages = new Set([...newest.values()].map((row) => row.messageId));
  return rows.filter((row) => messages.has(row.messageId));
}

/** Rows that end with the same wish are written together: a conversation may have ten thousand. */
function byIntent(rows: readonly PlacementRow[], change: FlagChange): [FlagChange, PlacementRow[]][] {
  const groups = new Map<string, [FlagChange, PlacementRow[]]>();
  for (const row of rows) {
    const intent = combineChanges(row.intent, change);
    const group = groups.get(JSON.stringify(intent));
    if (group) group[1].push(row);
    else groups.set(JSON.stringify(intent), [intent, [row]]);
  }
  return [...groups.values()];
}
