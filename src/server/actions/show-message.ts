import type { WireAttachment, WireBody, WireMessage } from '../../shared/wire';
import { cleanReceivedHtml, hasRemoteContent } from '../messages/clean-html';
import type { AttachmentRow } from '../ports/records';
import { shownFlags } from '../runtime/thread-summaries';
import type { MessageBody, MessageHead, ThreadContent } from '../runtime/database-mailbox-store';

/** Messages as a browser reads them; their HTML is cleaned on the way out, so that better rules reach old mail too. */
export function showMessages(content: ThreadContent, recipients: number): WireMessage[] {
  return content.messages.map((message) => showMessage(message, content, recipients));
}

function showMessage(
  message: MessageHead,
  { bodies, placements, attachments }: ThreadContent,
  recipients: number,
): WireMessage {
  const places = placements.filter((placement) => placement.messageId === message.id);
  const body = bodies.get(message.id);
  return {
    id: message.id,
    threadId: message.threadId ?? 0,
    accountId: message.accountId,
    subject: message.subject,
    from: message.from,
    ...few(message, recipients),
    sentAt: message.sentAt,
    snippet: message.snippet,
    body: body ? showBody(body) : null,
    isUnread: places.some((placement) => !placement.isSeen),
    isStarred: places.some((placement) => shownFlags(placement).has('\\Flagged')),
    isDraft: places.some((placement) => (placement.flags ?? []).includes('\\Draft')),
    isComplete: message.isComplete !== false,
    folders: places.flatMap((placement) => placement.shownFolderId ?? []),
    attachments: attachments.filter((attachment) => attachment.messageId === message.id).map(showAttachment),
    error: message.errorCode ? { code: message.errorCode, params: {} } : null,
  };
}

/** A mail to a whole company must not make every page that shows it megabytes. */
function few({ to, cc, bcc }: MessageHead, most: number): Pick<WireMessage, 'to' | 'cc' | 'bcc' | 'moreRecipients'> {
  const lists = [to ?? [], cc ?? [], bcc ?? []];
  const shown = lists.map((list) => list.slice(0, most));
  const count = (all: readonly (readonly unknown[])[]): number => all.reduce((sum, list) => sum + list.length, 0);
  return { to: shown[0], cc: shown[1], bcc: shown[2], moreRecipients: count(lists) - count(shown) };
}

function showBody({ text, html }: MessageBody): WireBody {
  if (html === null) return { text, html, hasRemoteContent: false };
  return { text, html: cleanReceivedHtml(html), hasRemoteContent: hasRemoteContent(html) };
}

function showAttachment(row: AttachmentRow): WireAttachment {
  const { id, filename, contentType, contentId, isInline, sizeBytes } = row;
  return { id, filename, contentType, contentId, isInline: Boolean(isInline), sizeBytes };
}
