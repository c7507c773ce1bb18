import type { WireAttachment, WireBody, WireMessage } from '../../shared/wire';
import { cleanReceivedHtml, hasRemoteContent } from '../messages/clean-html';
import type { AttachmentRow } from '../ports/records';
import type { MessageBody, MessageHead, ThreadContent } from '../runtime/database-mailbox-store';

/** Messages as a browser reads them; their HTML is cleaned on the way out, so that better rules reach old mail too. */
export function showMessages(content: ThreadContent): WireMessage[] {
  return content.messages.map((message) => showMessage(message, content));
}

function showMessage(message: MessageHead, { bodies, placements, attachments }: ThreadContent): WireMessage {
  const places = placements.filter((placement) => placement.messageId === message.id);
  const body = bodies.get(message.id);
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
    body: body ? showBody(body) : null,
    isUnread: places.some((placement) => !placement.isSeen),
    isDraft: places.some((placement) => (placement.flags ?? []).includes('\\Draft')),
    folders: places.map((placement) => placement.folderId),
    attachments: attachments.filter((attachment) => attachment.messageId === message.id).map(showAttachment),
    error: message.errorCode ? { code: message.errorCode, params: {} } : null,
  };
}

function showBody({ text, html }: MessageBody): WireBody {
  if (html === null) return { text, html, hasRemoteContent: false };
  return { text, html: cleanReceivedHtml(html), hasRemoteContent: hasRemoteContent(html) };
}

function showAttachment(row: AttachmentRow): WireAttachment {
  const { id, filename, contentType, contentId, isInline, sizeBytes } = row;
  return { id, filename, contentType, contentId, isInline: Boolean(isInline), sizeBytes };
}
