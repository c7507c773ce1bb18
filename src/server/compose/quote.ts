import type { Address } from '../mail/address';
import { cleanQuotedHtml, escapeHtml } from '../messages/clean-html';
import type { MessageRow } from '../ports/records';

export type QuotedMessage = Pick<MessageRow, 'from' | 'to' | 'cc' | 'subject' | 'sentAt' | 'html' | 'text'>;

const QUOTE_STYLE = 'margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex';

/** The original below an answer, as HTML. Kept out of the editor, so that it reaches the other side unchanged. */
export function quoteForReply(message: QuotedMessage): string {
  const who = message.from ? people([message.from]) : 'somebody';
  // This wording is what mail programs recognise in order to fold the quote.
  const line = `<div>On ${formatDate(message.sentAt)}, ${who} wrote:</div>`;
  return `<br>${line}<blockquote type="cite" style="${QUOTE_STYLE}">${withoutInlineImages(bodyOf(message))}</blockquote>`;
}

/** The forwarded mail with its head, as HTML. */
export function quoteForForward(message: QuotedMessage): string {
  const rows: [string, string][] = [
    ['From', people(message.from ? [message.from] : [])],
    ['Date', formatDate(message.sentAt)],
    ['Subject', escapeHtml(message.subject)],
    ['To', people(message.to)],
    ['Cc', people(message.cc)],
  ];
  const head = rows.filter(([, value]) => value).map(([name, value]) => `<b>${name}:</b> ${value}`);
  return `<br><div>---------- Forwarded message ----------<br>${head.join('<br>')}</div><br><div>${bodyOf(message)}</div>`;
}

function bodyOf(message: QuotedMessage): string {
  if (message.html) return cleanQuotedHtml(message.html);
  return `<div>${textAsHtml(message.text ?? '')}</div>`;
}

/** Line breaks and runs of spaces as HTML: Outlook for Windows knows no `white-space: pre-wrap` and would join the lines. */
function textAsHtml(text: string): string {
  const spaced = escapeHtml(text).replace(/^ | (?= )/gm, '&nbsp;');
  return spaced.replace(/\r?\n/g, '<br>');
}

/** An answer does not carry the original's files, so pictures that lived in them would be broken. */
function withoutInlineImages(html: string): string {
  return html.replace(/<img\b[^>]*\bsrc="cid:[^"]*"[^>]*>/gi, '');
}

function people(list: readonly Address[]): string {
  return list.map(({ name, address }) => escapeHtml(name ? `${name} <${address}>` : address)).join(', ');
}

/** One form for every reader, whose language and time zone are unknown: `Fri, 20 Nov 2026 at 10:30 UTC`. */
function formatDate(time: number): string {
  const [, day, clock] = /^(.+ \d{4}) (\d\d:\d\d)/.exec(new Date(time).toUTCString()) ?? [];
  return day ? `${day} at ${clock} UTC` : new Date(time).toUTCString();
}
