import { THREAD_PAGE_SIZE } from '../../shared/limits';
import type { WireMessage, WireThreadDetail } from '../../shared/wire';
import { cleanReceivedHtml, hasRemoteContent } from '../messages/clean-html';
import type { AttachmentRow, MessageRow, PlacementRow } from '../ports/records';
import type { Services } from '../services';
import { idOf, type MailAction } from './answer';
import { showAttachment } from './show-attachment';

/** Conversations of the signed-in user. */
export function emailThreads({ mailbox, wakeups, live }: Services): Record<string, MailAction> {
  return {
    /** One page of a folder: `folderId`, and `before` from the page before. */
    list: async ({ user, params }) => {
      const folder = await mailbox.folder(user, idOf(params.folderId, 'folderId'));
      const before = typeof params.before === 'string' && params.before ? params.before : null;
      return mailbox.threads(user, folder, before, THREAD_PAGE_SIZE);
    },
    get: async ({ user, params }) => {
      const id = idOf(params.filterByTk, 'filterByTk');
      const { messages, placements, attachments } = await mailbox.thread(user, id);
      return {
        id,
        accountId: messages[0].accountId,
        subject: messages[0].subject,
        messages: messages.map((message) => showMessage(message, placements, attachments)),
      } satisfies WireThreadDetail;
    },
    /** Marks a conversation read or unread: at once here, soon after at the server. */
    mark: async ({ user, params, values }) => {
      const account = await mailbox.markThread(user, idOf(params.filterByTk, 'filterByTk'), values.isRead !== false);
      await wakeups.wakeSync(account, 'intents');
      live.changed(user, { accountId: account, topic: 'mail' });
      return { ok: true };
    },
  };
}

export function showMessage(
  message: MessageRow,
  placements: readonly PlacementRow[],
  attachments: readonly AttachmentRow[],
): WireMessage {
  const places = placements.filter((placement) => placement.messageId === message.id);
  return {
    id: message.id,
    threadId: message.threadId ?? 0,
    accountId: message.accountId,
    subject: message.subject,
    from: message.from,
    to: message.to ?? [],
    cc: message.cc ?? [],
    bcc: message.bcc ?? [],
    sentAt: message.sentAt,
    snippet: message.snippet,
    text: message.text,
    html: message.html === null ? null : cleanReceivedHtml(message.html),
    hasRemoteContent: message.html !== null && hasRemoteContent(message.html),
    isUnread: places.some((placement) => !placement.isSeen),
    isDraft: places.some((placement) => (placement.flags ?? []).includes('\\Draft')),
    folders: places.map((placement) => placement.folderId),
    attachments: attachments.filter((attachment) => attachment.messageId === message.id).map(showAttachment),
    error: message.errorCode ? { code: message.errorCode, params: {} } : null,
  };
}
