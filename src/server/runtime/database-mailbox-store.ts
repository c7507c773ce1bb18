import { Op } from 'sequelize';
import type { WireThreadPage } from '../../shared/wire';
import { MailError } from '../errors/mail-error';
import type { FolderRole } from '../mail/folder-role';
import type { AccountId, FolderId, MessageId, ThreadId, UserId } from '../mail/ids';
import type { AttachmentRow, FolderRow, MessageRow, PlacementRow } from '../ports/records';
import type { Tables } from './tables';
import { threadPage } from './thread-pages';
import { joinCounts, threadSummaries } from './thread-summaries';

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
/** Not those that are being erased. */
const SHOWN = { shownFolderId: { [Op.ne]: null } };

/** Reading for people: every query starts from the user, so that no id of somebody else's finds anything. */
export class DatabaseMailboxStore {
  constructor(private readonly tables: Tables) {}

  folders(user: UserId): Promise<FolderRow[]> {
    return this.tables.folders.find({ userId: user, isGone: false });
  }

  async folder(user: UserId, id: number): Promise<FolderRow> {
    const row = Number.isInteger(id)
      ? await this.tables.folders.first({ id: id as FolderId, userId: user, isGone: false })
      : null;
    if (!row) throw new MailError('EMAIL_NOT_FOUND');
    return row;
  }

  /** @throws MailError `EMAIL_NO_SUCH_ROLE` when the mailbox has no such folder */
  async folderOfRole(user: UserId, account: AccountId, role: FolderRole): Promise<FolderRow> {
    const where = { userId: user, accountId: account, role, isSelectable: true, isGone: false };
    const row = await this.tables.folders.first(where);
    if (!row) throw new MailError('EMAIL_NO_SUCH_ROLE', { params: { role } });
    return row;
  }

  /** Unread messages in the inboxes of all accounts: the number on the envelope. */
  async unreadCount(user: UserId): Promise<number> {
    const inboxes = await this.tables.folders.find(
      { userId: user, role: 'inbox', isGone: false },
      { attributes: ['unreadCount'] },
    );
    return inboxes.reduce((sum, folder) => sum + folder.unreadCount, 0);
  }

  /** Messages listed in all folders of an account, and how many of them are readable. */
  async counts(account: AccountId, folders: readonly FolderRow[]): Promise<{ listed: number; readable: number }> {
    const { placements } = this.tables;
    const listed = folders.reduce((sum, folder) => sum + (folder.accountId === account ? folder.totalCount : 0), 0);
    // Counted by what is missing: of a large mailbox that is complete there is nothing to count.
    const headless = await placements.count({ accountId: account, messageId: null });
    const bodiless = await placements.count({ accountId: account, needsBody: true });
    return { listed, readable: Math.max(0, listed - headless - bodiless) };
  }

  /** One page of conversations in a folder, newest first. `before` is the cursor of the page before. */
  async threads(user: UserId, folder: FolderRow, before: string | null, limit: number): Promise<WireThreadPage> {
    const { threads, nextBefore } = await threadPage(this.tables, user, folder, before, limit);
    const placed = threads.map((thread) => ({ ...thread, folder }));
    return { threads: await threadSummaries(this.tables, user, placed), nextBefore };
  }

  /** How often others were joined to a conversation; to be asked before what is in it. */
  async joinCount(user: UserId, id: number): Promise<number> {
    return (await joinCounts(this.tables, user, [id as ThreadId])).get(id as ThreadId) ?? 0;
  }

  /** A conversation with the bodies of its `bodyCount` newest messages. */
  async thread(user: UserId, id: number, bodyCount: number): Promise<ThreadContent> {
    const placements = Number.isInteger(id)
      ? await this.tables.placements.find({ userId: user, threadId: id as ThreadId, ...SHOWN })
      : [];
    const ids = [...new Set(placements.flatMap((row) => row.messageId ?? []))];
    return this.content(user, ids, placements, bodyCount);
  }

  /** One message with its body. */
  async message(user: UserId, id: number): Promise<ThreadContent> {
    const messageId = id as MessageId;
    const placements = Number.isInteger(id)
      ? await this.tables.placements.find({ userId: user, messageId, ...SHOWN })
      : [];
    return this.content(user, placements.length > 0 ? [messageId] : [], placements, 1);
  }

  async attachment(
    user: UserId,
    id: number,
  ): Promise<{ attachment: AttachmentRow; placement: PlacementRow; folder: FolderRow }> {
    const attachment = Number.isInteger(id) ? await this.tables.attachments.first({ id, userId: user }) : null;
    const place = attachment ? await this.placeOf(user, attachment.messageId) : null;
    if (!attachment || !place) throw new MailError('EMAIL_ATTACHMENT_MISSING');
    return { attachment, ...place };
  }

  /** Where a message can be fetched: a row may also wait for its mail to be listed, or be of UIDs that have passed. */
  private async placeOf(
    user: UserId,
    message: MessageId,
  ): Promise<{ placement: PlacementRow; folder: FolderRow } | null> {
    const placements = await this.tables.placements.find(
      { messageId: message, userId: user },
      { order: [['id', 'ASC']] },
    );
    const ids = placements.map(({ folderId }) => folderId);
    const folders = await this.tables.folders.find({ id: { [Op.in]: ids }, userId: user });
    const places = placements.flatMap((placement) => {
      const folder = folders.find(({ id }) => id === placement.folderId);
      return folder ? [{ placement, folder }] : [];
    });
    const isThere = ({ placement, folder }: (typeof places)[number]): boolean =>
      placement.uidValidity === folder.epoch && !folder.isGone;
    return places.find(isThere) ?? places[0] ?? null;
  }

  attachments(user: UserId, message: MessageId): Promise<AttachmentRow[]> {
    return this.tables.attachments.find({ userId: user, messageId: message }, { order: [['id', 'ASC']] });
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
}
