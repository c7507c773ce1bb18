import { Op, type Sequelize, type WhereOptions } from 'sequelize';
import type { WireThread, WireThreadPage } from '../../shared/wire';
import { MailError } from '../errors/mail-error';
import type { Address } from '../mail/address';
import { applyChange, combineChanges, type FlagChange } from '../mail/flags';
import type { AccountId, FolderId, MessageId, ThreadId, UserId } from '../mail/ids';
import type { AttachmentRow, FolderRow, MessageRow, PlacementRow } from '../ports/records';
import type { Tables } from './tables';

export interface ThreadContent {
  /** Oldest first; `bodies` holds text and HTML of the newest ones. */
  readonly messages: readonly MessageHead[];
  readonly bodies: ReadonlyMap<MessageId, MessageBody>;
  readonly placements: readonly PlacementRow[];
  readonly attachments: readonly AttachmentRow[];
}

export type MessageBody = Pick<MessageRow, 'text' | 'html'>;
export type MessageHead = Omit<MessageRow, keyof MessageBody>;

const LONGEST_THREAD = 500;
/** Names that a line of the list can show. */
const MOST_PEOPLE = 12;
/** SQLite allows 32,766 variables in a statement. */
const ROWS_AT_ONCE = 1_000;

/** Reading for people: every query starts from the user, so that no id of somebody else's finds anything. */
export class DatabaseMailboxStore {
  constructor(private readonly tables: Tables) {}

  folders(user: UserId): Promise<FolderRow[]> {
    return this.tables.folders.find({ userId: user });
  }

  async folder(user: UserId, id: number): Promise<FolderRow> {
    const row = Number.isInteger(id) ? await this.tables.folders.first({ id: id as FolderId, userId: user }) : null;
    if (!row) throw new MailError('EMAIL_NOT_FOUND');
    return row;
  }

  /** Unread messages in the inboxes of all accounts: the number on the envelope. */
  async unreadCount(user: UserId): Promise<number> {
    const inboxes = await this.tables.folders.find({ userId: user, role: 'inbox' }, { attributes: ['unreadCount'] });
    return inboxes.reduce((sum, folder) => sum + folder.unreadCount, 0);
  }

  async counts(account: AccountId): Promise<{ listed: number; readable: number }> {
    const listed = await this.tables.placements.count({ accountId: account });
    const readable = await this.tables.placements.count({ accountId: account, messageId: { [Op.ne]: null } });
    return { listed, readable };
  }

  /** One page of conversations in a folder, newest first. `before` is the cursor of the page before. */
  async threads(user: UserId, folder: FolderRow, before: string | null, limit: number): Promise<WireThreadPage> {
    const where: WhereOptions<PlacementRow> = { folderId: folder.id, userId: user, threadId: { [Op.ne]: null } };
    const [time, id] = (before ?? '').split('-').map(Number);
    // The host's own Sequelize builds the expressions: another copy of the library would not be recognised by it.
    const { sequelize } = this.tables.placements.db;
    const thread = sequelize.col(this.tables.placements.column('threadId'));
    const newest = sequelize.fn('MAX', sequelize.col(this.tables.placements.column('receivedAt')));
    const having = before ? olderThan(sequelize, newest, thread, time, id) : undefined;
    const rows = await this.tables.placements.select(where, {
      attributes: [
        [thread, 'thread'],
        [newest, 'lastAt'],
      ],
      group: [this.tables.placements.column('threadId')],
      order: [
        [newest, 'DESC'],
        [thread, 'DESC'],
      ],
      ...(having ? { having } : {}),
      limit: limit + 1,
    });
    const page = rows
      .slice(0, limit)
      .map((row) => ({ id: Number(row.thread) as ThreadId, lastAt: Number(row.lastAt) }));
    const last = page.at(-1);
    return {
      threads: await this.summaries(user, folder, page),
      nextBefore: rows.length > limit && last ? `${last.lastAt}-${last.id}` : null,
    };
  }

  /** A conversation with the bodies of its `bodyCount` newest messages. */
  async thread(user: UserId, id: number, bodyCount: number): Promise<ThreadContent> {
    const placements = Number.isInteger(id)
      ? await this.tables.placements.find({ userId: user, threadId: id as ThreadId })
      : [];
    const ids = [...new Set(placements.flatMap((row) => row.messageId ?? []))];
    return this.content(user, ids, placements, bodyCount);
  }

  /** One message with its body. */
  async message(user: UserId, id: number): Promise<ThreadContent> {
    const messageId = id as MessageId;
    const placements = Number.isInteger(id) ? await this.tables.placements.find({ userId: user, messageId }) : [];
    return this.content(user, placements.length > 0 ? [messageId] : [], placements, 1);
  }

  async attachment(
    user: UserId,
    id: number,
  ): Promise<{ attachment: AttachmentRow; placement: PlacementRow; folder: FolderRow }> {
    const attachment = Number.isInteger(id) ? await this.tables.attachments.first({ id, userId: user }) : null;
    const placement = attachment
      ? await this.tables.placements.first({ messageId: attachment.messageId, userId: user })
      : null;
    const folder = placement ? await this.tables.folders.first({ id: placement.folderId, userId: user }) : null;
    if (!attachment || !placement || !folder) throw new MailError('EMAIL_ATTACHMENT_MISSING');
    return { attachment, placement, folder };
  }

  attachments(user: UserId, message: MessageId): Promise<AttachmentRow[]> {
    return this.tables.attachments.find({ userId: user, messageId: message }, { order: [['id', 'ASC']] });
  }

  /** Marks a conversation read or unread here; answers the account whose worker must tell the server. */
  async markThread(user: UserId, id: number, isSeen: boolean): Promise<AccountId> {
    const rows = Number.isInteger(id)
      ? await this.tables.placements.find({ userId: user, threadId: id as ThreadId })
      : [];
    if (rows.length === 0) throw new MailError('EMAIL_NOT_FOUND');
    const change = isSeen ? { add: ['\\Seen'], remove: [] } : { add: [], remove: ['\\Seen'] };
    const differing = rows.filter(
      (row) => applyChange(new Set(row.flags ?? []), row.intent ?? { add: [], remove: [] }).has('\\Seen') !== isSeen,
    );
    for (const [intent, ids] of byIntent(differing, change)) {
      for (let at = 0; at < ids.length; at += ROWS_AT_ONCE) {
        const id = { [Op.in]: ids.slice(at, at + ROWS_AT_ONCE) };
        await this.tables.placements.update({ intent, hasIntent: true, isSeen }, { id });
      }
    }
    for (const folderId of new Set(differing.map((row) => row.folderId))) {
      const unreadCount = await this.tables.placements.count({ folderId, isSeen: false });
      await this.tables.folders.update({ unreadCount }, { id: folderId });
    }
    return rows[0].accountId;
  }

  private async content(
    user: UserId,
    ids: readonly MessageId[],
    placements: readonly PlacementRow[],
    bodyCount: number,
  ): Promise<ThreadContent> {
    const newestFirst = await this.tables.messages.find(
      { userId: user, id: { [Op.in]: [...ids] } },
      {
        attributes: { exclude: ['text', 'html'] },
        order: [
          ['sentAt', 'DESC'],
          ['id', 'DESC'],
        ],
        limit: LONGEST_THREAD,
      },
    );
    if (newestFirst.length === 0) throw new MailError('EMAIL_NOT_FOUND');
    const withBody = newestFirst.slice(0, bodyCount).map((message) => message.id);
    const rows = await this.tables.messages.find(
      { userId: user, id: { [Op.in]: withBody } },
      { attributes: ['id', 'text', 'html'] },
    );
    const attachments = await this.tables.attachments.find({ userId: user, messageId: { [Op.in]: [...ids] } });
    const bodies = new Map(rows.map(({ id, text, html }) => [id, { text, html }]));
    return { messages: newestFirst.reverse(), bodies, placements, attachments };
  }

  private async summaries(
    user: UserId,
    folder: FolderRow,
    page: readonly { id: ThreadId; lastAt: number }[],
  ): Promise<WireThread[]> {
    const ids = page.map(({ id }) => id);
    if (ids.length === 0) return [];
    // Recipients are shown of sent mail only; a mail may have a thousand.
    const people = folder.role === 'sent' ? ['from', 'to'] : ['from'];
    const attributes = ['id', 'threadId', 'subject', 'snippet', ...people, 'sentAt', 'hasAttachments'];
    const messages = await this.tables.messages.find(
      { userId: user, threadId: { [Op.in]: ids } },
      { attributes, order: [['sentAt', 'ASC']] },
    );
    const placed = await this.tables.placements.find(
      { userId: user, threadId: { [Op.in]: ids } },
      { attributes: ['threadId', 'messageId', 'folderId', 'isSeen'] },
    );
    return page.map((thread) =>
      summaryOf(
        thread,
        folder,
        messages.filter((message) => message.threadId === thread.id),
        placed.filter((row) => row.threadId === thread.id),
      ),
    );
  }
}

/** Rows that end with the same wish are written together: a conversation may have ten thousand. */
function byIntent(rows: readonly PlacementRow[], change: FlagChange): [FlagChange, number[]][] {
  const groups = new Map<string, [FlagChange, number[]]>();
  for (const row of rows) {
    const intent = combineChanges(row.intent, change);
    const group = groups.get(JSON.stringify(intent));
    if (group) group[1].push(row.id);
    else groups.set(JSON.stringify(intent), [intent, [row.id]]);
  }
  return [...groups.values()];
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

/** One line of the list. Text and time are of the newest message in this folder, so that they belong together. */
function summaryOf(
  { id, lastAt }: { id: ThreadId; lastAt: number },
  folder: FolderRow,
  messages: readonly MessageRow[],
  placed: readonly PlacementRow[],
): WireThread {
  const present = new Set(placed.map((row) => row.messageId));
  const here = new Set(placed.filter((row) => row.folderId === folder.id).map((row) => row.messageId));
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
    snippet: inFolder.at(-1)?.snippet ?? '',
    people: fewPeople(people),
    isOutgoing,
    messageCount: mine.length,
    lastMessageAt: lastAt,
    isUnread: placed.some((row) => !row.isSeen),
    hasAttachments: mine.some((message) => message.hasAttachments),
  };
}

type Fn = ReturnType<Sequelize['fn']>;
type Col = ReturnType<Sequelize['col']>;

function olderThan(sequelize: Sequelize, newest: Fn, thread: Col, time: number, id: number): WhereOptions {
  if (!Number.isFinite(time) || !Number.isFinite(id))
    throw new MailError('EMAIL_INVALID_INPUT', { params: { field: 'before' } });
  const older = sequelize.where(newest, { [Op.lt]: time });
  const sameTime = {
    [Op.and]: [sequelize.where(newest, { [Op.eq]: time }), sequelize.where(thread as unknown as Fn, { [Op.lt]: id })],
  };
  return { [Op.or]: [older, sameTime] };
}
