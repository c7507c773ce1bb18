import PostalMime, { type Address as ParsedAddress, type Email } from 'postal-mime';
import { MailError } from '../errors/mail-error';
import type { Address } from '../mail/address';
import { messageId, messageIds } from '../mail/message-id';
import { objectKey, storable } from '../mail/storable';
import type { Fetched, FetchedHead } from '../ports/mail-parser';
import type { RemoteHead, RemotePart } from '../ports/session';
import type { ParsedMessage } from '../ports/stores';
import { searchContentOf } from '../search/content-of';
import { indexTokens } from '../search/index-tokens';
import { threadIndexRoot } from '../threads/thread-index';
import { attachmentsOf } from './attachments-of';
import { hasManyMails, withoutLongFields, withoutLongLists } from './costly-source';
import { headerDigest } from './header-digest';
import { htmlToText, snippetOf } from './snippet';

const MOST_ADDRESSES = 1_000;
const DEEPEST_NESTING = 100;
const LARGEST_HEADER_BYTES = 1024 * 1024;
const LONGEST_BODY = 2_000_000;
const FIRST_PLAUSIBLE_DATE = Date.UTC(1971, 0, 1);

/** Reads a fetched message (RFC 5322, 2045–2049, 2231). What cannot be read in full keeps its header fields. */
export async function parseContent(content: Fetched): Promise<ParsedMessage> {
  if (content.kind === 'parts') return parseParts(content);
  try {
    const email = await parse(content.source);
    const message = withWords(compose(email, content.parts, content, headerDigest(content.source)));
    return hidesSomething(email, content) ? { ...message, errorCode: 'EMAIL_MESSAGE_UNREADABLE' } : message;
  } catch (cause) {
    return {
      ...(await headerOnly(content.source, content, cause)),
      attachments: attachmentsOf(content.parts ?? []),
    };
  }
}

/** Without its structure the files of a mail have no address on the server: they cannot be offered, so we say so. */
function hidesSomething(email: Email, { parts, isCut, source }: Extract<Fetched, { kind: 'source' }>): boolean {
  if (parts !== null) return false;
  return (
    isCut || email.attachments.length > 0 || (!email.text && !email.html && source.length > onlyHeader(source).length)
  );
}

async function parseParts(content: Extract<Fetched, { kind: 'parts' }>): Promise<ParsedMessage> {
  const header = await parse(onlyHeader(content.header));
  const bodies = await Promise.all(content.texts.map((text) => parse(text)));
  const join = (pieces: (string | undefined)[]) => pieces.filter(Boolean).join('\n') || undefined;
  const text = join(bodies.map((body) => body.text));
  const html = join(bodies.map((body) => body.html));
  return withWords(compose({ ...header, text, html }, content.parts, content, headerDigest(content.header)));
}

/** Taken where the text is at hand: read back from the database, it would cost more than the words. */
function withWords(message: ParsedMessage): ParsedMessage {
  try {
    return { ...message, words: indexTokens(searchContentOf(message)).join(' ') };
  } catch {
    // What cannot be searched can be read all the same.
    return message;
  }
}

/** What a line of the list shows of a message, from its header fields alone. */
export async function parseHead(head: FetchedHead): Promise<ParsedMessage> {
  const email = await parse(onlyHeader(head.header));
  return compose({ ...email, text: undefined, html: undefined }, [], head, headerDigest(head.header));
}

/** The message that stands in for one we could not read: visible, with the reason. */
export function unreadableMessage(sizeBytes: number): ParsedMessage {
  return {
    messageId: null,
    inReplyTo: null,
    references: [],
    threadIndex: null,
    remoteThreadId: null,
    subject: '',
    from: null,
    to: [],
    cc: [],
    bcc: [],
    replyTo: [],
    date: null,
    sizeBytes,
    snippet: '',
    text: null,
    html: null,
    attachments: [],
    errorCode: 'EMAIL_MESSAGE_UNREADABLE',
    headerDigest: '',
    words: null,
  };
}

async function parse(source: Buffer): Promise<Email> {
  return PostalMime.parse(withoutLongLists(source), {
    maxNestingDepth: DEEPEST_NESTING,
    // Where there are many they stay attachments: each is parsed by itself, and what lies in it again.
    ...(hasManyMails(source) ? { maxRfc822NestingDepth: 0 } : {}),
    maxHeadersSize: LARGEST_HEADER_BYTES,
    attachmentEncoding: 'arraybuffer',
  });
}

async function headerOnly(source: Buffer, said: Said, cause: unknown): Promise<ParsedMessage> {
  try {
    const head = onlyHeader(source).subarray(0, LARGEST_HEADER_BYTES - 1024);
    return {
      ...compose({ ...(await parse(head)), text: undefined, html: undefined }, [], said, headerDigest(source)),
      errorCode: 'EMAIL_MESSAGE_UNREADABLE',
    };
  } catch {
    throw new MailError('EMAIL_MESSAGE_UNREADABLE', { cause });
  }
}

/** The header block as a message without a body and without the Content-Type that promises parts. */
function onlyHeader(source: Buffer): Buffer {
  const end = /\r?\n\r?\n/.exec(source.toString('latin1', 0, Math.min(source.length, LARGEST_HEADER_BYTES)));
  const head = source.toString('latin1', 0, end ? end.index : Math.min(source.length, LARGEST_HEADER_BYTES));
  const kept = withoutLongFields(head).replace(
    /^content-(type|transfer-encoding|disposition):.*(?:\r?\n[ \t].*)*\r?\n?/gim,
    '',
  );
  return Buffer.from(`${kept.replace(/\r?\n$/, '')}\r\n\r\n`, 'latin1');
}

/** What the server says of a message beside its content. */
type Said = Pick<RemoteHead, 'sizeBytes' | 'threadId'>;

function compose(email: Email, parts: readonly RemotePart[] | null, said: Said, digest: string): ParsedMessage {
  const { sizeBytes, threadId } = said;
  const text = clipped(email.text);
  const html = clipped(email.html);
  return {
    messageId: messageId(email.messageId),
    inReplyTo: messageIds(email.inReplyTo)[0] ?? null,
    references: messageIds(email.references),
    threadIndex: threadIndexRoot(email.headers.find(({ key }) => key === 'thread-index')?.value),
    remoteThreadId: threadId ? objectKey(threadId, 64) : null,
    subject: headerText((email.subject ?? '').slice(0, 4_000)),
    from: addresses(email.from ? [email.from] : [])[0] ?? null,
    to: addresses(email.to),
    cc: addresses(email.cc),
    bcc: addresses(email.bcc),
    replyTo: addresses(email.replyTo),
    date: plausible(email.date),
    sizeBytes,
    snippet: snippetOf(text ?? (html ? htmlToText(html) : '')),
    text,
    html,
    attachments: attachmentsOf(parts ?? []),
    errorCode: null,
    headerDigest: digest,
    words: null,
  };
}

/** Groups (RFC 5322 §3.4) are opened: their members are the recipients. */
function addresses(list: readonly ParsedAddress[] | undefined): Address[] {
  return (list ?? [])
    .flatMap((entry) => entry.group ?? [entry])
    .slice(0, MOST_ADDRESSES)
    .map((entry) => ({
      name: headerText((entry.name ?? '').slice(0, 255)),
      address: headerText((entry.address ?? '').slice(0, 320)),
    }))
    .filter((entry) => entry.address || entry.name);
}

/** A missing or absurd Date must never become "now"; the caller falls back to INTERNALDATE. */
function plausible(value: string | undefined): Date | null {
  const date = new Date(value ?? Number.NaN);
  const time = date.getTime();
  return Number.isNaN(time) || time < FIRST_PLAUSIBLE_DATE || time > Date.now() + 2 * 86_400_000 ? null : date;
}

function clipped(body: string | undefined): string | null {
  return body ? storable(body.slice(0, LONGEST_BODY)) : null;
}

/** One line without control characters: with them the field could not be sent again in an answer. */
function headerText(value: string): string {
  return storable(value)
    .replace(/[\s\u0000-\u001f\u007f]+/gu, ' ')
    .trim();
}
