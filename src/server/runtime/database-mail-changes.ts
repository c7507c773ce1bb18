import { Op, type WhereOptions } from 'sequelize';
import { MailError } from '../errors/mail-error';
import { combineChanges, type FlagChange } from '../mail/flags';
import type { AccountId, FolderId, MessageId, ThreadId, UserId } from '../mail/ids';
import type { FolderRow, PlacementRow } from '../ports/records';
import { changedFolders, countFolder } from './folder-counts';
import { backAt } from './operation-rows';
import type { Tx } from './table';
import type { Tables } from './tables';
import { shownFlags } from './thread-summaries';

/** SQLite allows 32,766 variables in a statement. */
const ROWS_AT_ONCE = 1_000;

export interface MovedMessages {
  readonly account: AccountId;
  readonly messages: readonly MessageId[];
}

/** Which messages of conversations are meant: all of them, unless it says. */
export interface Meaning {
  readonly messages?: readonly number[];
  /** None that was stored after this one: whoever asks has not seen it. */
  readonly upTo?: number;
  /** How often others had been joined to the conversation (one only) when whoever asks has seen it. */
  readonly joinCount?: number;
}

/** Which rows a change is about. */
interface Chosen {
  readonly where: WhereOptions<PlacementRow>;
  readonly limit?: number;
  /** Conversations to which others must not have been joined more often. */
  readonly seen?: { readonly threads: readonly number[]; readonly joinCount: number };
}

const SEEN: FlagChange = { add: ['\\Seen'], remove: [] };
const UNSEEN: FlagChange = { add: [], remove: ['\\Seen'] };
const STARRED: FlagChange = { add: ['\\Flagged'], remove: [] };
const UNSTARRED: FlagChange = { add: [], remove: ['\\Flagged'] };
/** What was thrown away is meant less than what was kept, and what was written here least. */
const RANKS: Readonly<Record<string, number>> = { junk: 1, trash: 1, sent: 2, drafts: 2 };

/**
 * What a user changes of received mail: at once for the reader, as operations that a worker takes to the server. Every query starts
 * from the user. Answers the accounts whose workers have to be woken.
 * @throws MailError `EMAIL_NOT_FOUND` for what is somebody else's, too; `EMAIL_CONVERSATION_GREW` where another conversation has
 *   been joined to one since it was seen, and nothing is changed
 */
export class DatabaseMailChanges {
  constructor(private readonly tables: Tables) {}

  /**
   * Marks conversations read, wherever their messages lie. Unread becomes only the newest message that was received: nobody wants to read again
   * what they wrote, and nobody would find out why a conversation stays unread that is unread among the sent ones.
   */
  async mark(user: UserId, threads: readonly number[], isSeen: boolean, meant: Meaning = {}): Promise<AccountId[]> {
    const seen = (row: PlacementRow): boolean => shownFlags(row).has('\\Seen');
    if (isSeen) return this.wish(this.shown(user, threads, meant), SEEN, (rows) => rows.filter((row) => !seen(row)));
    const rankOf = await this.ranks(user);
    return this.wish(this.shown(user, threads, meant), UNSEEN, (rows) =>
      newestOfEach(likeliest(rows, rankOf)).filter(seen),
    );
  }

  /** How little a folder is what is meant by a conversation. */
  private async ranks(user: UserId): Promise<(row: PlacementRow) => number> {
    const odd = { userId: user, role: { [Op.in]: Object.keys(RANKS) } };
    const folders = await this.tables.folders.find(odd, { attributes: ['id', 'role'] });
    const ranks = new Map(folders.map(({ id, role }) => [id, RANKS[role ?? ''] ?? 0]));
    return ({ shownFolderId }) => (shownFolderId === null ? 0 : (ranks.get(shownFolderId) ?? 0));
  }

  /** A star goes to the newest message of a conversation, as Gmail and Outlook do it; taking it away clears all of them. */
  async star(user: UserId, threads: readonly number[], isStarred: boolean, meant: Meaning = {}): Promise<AccountId[]> {
    return this.wish(this.shown(user, threads, meant), isStarred ? STARRED : UNSTARRED, (rows) => {
      const starred = rows.filter((row) => shownFlags(row).has('\\Flagged'));
      if (!isStarred) return starred;
      const has = new Set(starred.map((row) => row.threadId));
      return newestOfEach(rows).filter((row) => !has.has(row.threadId));
    });
  }

  /**
   * Moves what conversations have in one folder to another of the same account.
   * @param meant to take back a move, the messages that it moved
   */
  async move(
    user: UserId,
    threads: readonly number[],
    from: FolderRow,
    target: FolderRow,
    meant: Meaning = {},
  ): Promise<MovedMessages> {
    if (from.accountId !== target.accountId || !target.isSelectable || from.id === target.id)
      throw new MailError('EMAIL_INVALID_INPUT', { params: { field: 'targetId' } });
    const messages = await this.changing(this.shownIn(user, threads, from.id, meant), async (rows, tx) => {
      const moving = meant.messages === undefined ? rows : asMany(rows, meant.messages);
      const away = moving.filter((row) => row.folderId !== target.id);
      await this.update(away, { shownFolderId: target.id, pending: 'move', hasIntent: true }, tx);
      for (const row of moving.filter((one) => one.folderId === target.id)) await this.update([row], backAt(row), tx);
      await changedFolders(this.tables, [from.id, target.id], tx);
      return moving.flatMap((row) => row.messageId ?? []);
    });
    await this.recount([from.id, target.id]);
    return { account: from.accountId, messages };
  }

  /** Deletes for ever what conversations have in one folder. */
  async erase(user: UserId, threads: readonly number[], from: FolderRow, meant: Meaning = {}): Promise<AccountId> {
    await this.changing(this.shownIn(user, threads, from.id, meant), async (rows, tx) => {
      await this.update(rows, { shownFolderId: null, pending: 'erase', hasIntent: true }, tx);
      await changedFolders(this.tables, [from.id], tx);
    });
    await this.recount([from.id]);
    return from.accountId;
  }

  /** Marks everything in a folder read. */
  async markFolder(user: UserId, folder: FolderRow): Promise<AccountId> {
    const unread = { userId: user, shownFolderId: folder.id, isSeen: false };
    try {
      while ((await this.tables.placements.count(unread)) > 0)
        await this.wish({ where: unread, limit: ROWS_AT_ONCE }, SEEN, (rows) => rows);
    } catch (error) {
      // Somebody else was quicker: nothing is unread any more.
      if (!(error instanceof MailError && error.code === 'EMAIL_NOT_FOUND')) throw error;
    }
    return folder.accountId;
  }

  private shown(user: UserId, threads: readonly number[], meant: Meaning): Chosen {
    const where = { ...ofThreads(user, threads, meant), shownFolderId: { [Op.ne]: null } };
    return { where, ...seenOf(threads, meant) };
  }

  private shownIn(user: UserId, threads: readonly number[], folder: FolderId, meant: Meaning): Chosen {
    return { where: { ...ofThreads(user, threads, meant), shownFolderId: folder }, ...seenOf(threads, meant) };
  }

  /** Rows are locked from reading to writing: a worker may be settling what was wished of them before. */
  private changing<T>({ where, limit, seen }: Chosen, work: (rows: PlacementRow[], tx: Tx) => Promise<T>): Promise<T> {
    return this.tables.placements.transaction(async (tx) => {
      const options = { transaction: tx, lock: tx.LOCK.UPDATE, order: [['id', 'ASC']] as [string, string][], limit };
      const rows = await this.tables.placements.find(where, options);
      if (rows.length === 0) throw new MailError('EMAIL_NOT_FOUND');
      // Asked after them: a conversation that is joined later has no row among them.
      if (seen && (await this.hasGrown(seen, tx))) throw new MailError('EMAIL_CONVERSATION_GREW');
      return work(rows, tx);
    });
  }

  private async hasGrown({ threads, joinCount }: NonNullable<Chosen['seen']>, tx: Tx): Promise<boolean> {
    const grown = { id: { [Op.in]: [...threads] }, joinCount: { [Op.gt]: joinCount } };
    return (await this.tables.threads.first(grown, { attributes: ['id'], transaction: tx })) !== null;
  }

  /** @returns the accounts of everything that was chosen */
  private async wish(
    chosen: Chosen,
    change: FlagChange,
    pick: (rows: PlacementRow[]) => PlacementRow[],
  ): Promise<AccountId[]> {
    const seen = change.add.includes('\\Seen') ? true : change.remove.includes('\\Seen') ? false : null;
    const [all, folders] = await this.changing(chosen, async (rows, tx) => {
      const picked = pick(rows);
      for (const [intent, group] of byIntent(picked, change))
        await this.update(group, { intent, hasIntent: true, ...(seen === null ? {} : { isSeen: seen }) }, tx);
      const shown = picked.flatMap((row) => row.shownFolderId ?? []);
      if (seen !== null) await changedFolders(this.tables, shown, tx);
      return [rows, shown] as const;
    });
    if (seen !== null) await this.recount(folders);
    return [...new Set(all.map((row) => row.accountId))];
  }

  private async update(rows: readonly PlacementRow[], values: object, tx: Tx): Promise<void> {
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      const id = { [Op.in]: rows.slice(at, at + ROWS_AT_ONCE).map((row) => row.id) };
      await this.tables.placements.update(values, { id }, tx);
    }
  }

  /** So that the reader sees it now; if it does not come to that, the worker does it, for the folders are marked. */
  private async recount(folders: readonly FolderId[]): Promise<void> {
    for (const id of new Set(folders)) await this.tables.folders.transaction((tx) => countFolder(this.tables, id, tx));
  }
}

const seenOf = (threads: readonly number[], { joinCount }: Meaning): Pick<Chosen, 'seen'> =>
  joinCount === undefined ? {} : { seen: { threads, joinCount } };

function ofThreads(user: UserId, threads: readonly number[], { messages, upTo }: Meaning): WhereOptions<PlacementRow> {
  const some = messages === undefined ? {} : { [Op.in]: [...messages] };
  const known = upTo === undefined ? {} : { [Op.lte]: upTo };
  const messageId = { ...some, ...known };
  // Messages that are named may have come into another conversation since.
  if (messages !== undefined) return { userId: user, messageId };
  return { userId: user, threadId: { [Op.in]: [...threads] }, ...(upTo === undefined ? {} : { messageId }) };
}

/**
 * As many rows of each message as it is named, first such as are on their way: a copy that lay there before stays. Once the server has moved one,
 * nobody can tell it from a copy in the same folder.
 */
function asMany(rows: readonly PlacementRow[], messages: readonly number[]): PlacementRow[] {
  const left = new Map<number, number>();
  for (const id of messages) left.set(id, (left.get(id) ?? 0) + 1);
  const sorted = [...rows].sort((a, b) => Number(b.pending !== null) - Number(a.pending !== null));
  return sorted.filter(({ messageId }) => {
    const count = left.get(Number(messageId)) ?? 0;
    left.set(Number(messageId), count - 1);
    return count > 0;
  });
}

/** Of each conversation, what lies in the folders that are meant most. */
function likeliest(rows: readonly PlacementRow[], rankOf: (row: PlacementRow) => number): PlacementRow[] {
  const least = new Map<ThreadId | null, number>();
  for (const row of rows) least.set(row.threadId, Math.min(least.get(row.threadId) ?? Infinity, rankOf(row)));
  return rows.filter((row) => rankOf(row) === least.get(row.threadId));
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
