import type { MessageStructureObject } from 'imapflow';
import type { Answer, Item, Token } from './quick-parse';

/** What imapflow keeps of the selected folder and raises while it reads answers. */
interface Mailbox {
  uidNext?: number;
  highestModseq?: bigint;
}

/** What imapflow does for us, of the file that this stands in front of. */
interface Imapflow {
  parseBodystructure(entry: readonly Item[]): MessageStructureObject;
  getFlagColor(flags: ReadonlySet<string>): string | null;
}

/** False for NIL, undefined for what holds none. */
type Text = string | false | undefined;
type Bytes = Buffer | false | undefined;

/** imapflow's FetchMessageObject, with what it really sets where a server says NIL or nonsense; and without `id`. */
interface Message {
  seq: number | undefined;
  uid?: number;
  size?: number;
  modseq?: bigint;
  flags?: Set<string>;
  flagColor?: string;
  emailId?: Text;
  threadId?: Text;
  internalDate?: Date | Text;
  bodyStructure?: MessageStructureObject;
  source?: Bytes;
  headers?: Bytes;
  bodyParts?: Map<string, Bytes>;
}

type Read = (message: Message, item: Item, mailbox: Mailbox, imapflow: Imapflow) => void;

/** Of a number with 32 and with 63 bits (RFC 9051 §9, RFC 7162 §7). */
const MOST_DIGITS = { uint32: 10, uint63: 19 };
/** Of the sections' names, all that can be spelled in one way only. */
const PLAIN = /^[A-Za-z0-9.-]+$/;
const PRINTABLE = /^[ -~]+$/;
/** No section is called so. */
const WHOLE = '[]';

/** By the names of RFC 9051 §7.5.2, RFC 7162, RFC 8474 and Gmail's X-GM-EXT-1, as a server writes them. */
const READS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['UID', readUid],
  ['FLAGS', (message, item) => void (message.flags = new Set(stringsOf(item)))],
  ['INTERNALDATE', readDate],
  ['RFC822.SIZE', (message, item) => void (message.size = uint(textOf(item), MOST_DIGITS.uint63))],
  ['MODSEQ', readModseq],
  ['EMAILID', (message, item) => void (message.emailId = stringsOf(item)[0])],
  ['THREADID', (message, item) => void (message.threadId = stringsOf(item)[0])],
  ['X-GM-MSGID', (message, item) => void (message.emailId = textOf(item))],
  ['X-GM-THRID', (message, item) => void (message.threadId = textOf(item))],
  ['BODYSTRUCTURE', readStructure],
]);

/**
 * What imapflow would make of an answer to FETCH, without a promise for each name in it; null, with nothing changed, where it holds a name that
 * we do not ask for. One thing is missing: `id`, an MD5 for each message of what names it anyway, which nothing here reads.
 * The build puts this in front of imapflow's own (scripts/quicken-imapflow.ts).
 */
export function quickMessage(
  { command, attributes }: Pick<Answer, 'command' | 'attributes'>,
  mailbox: Mailbox,
  imapflow: Imapflow,
): Message | null {
  const items = attributes?.[1];
  if (!Array.isArray(items)) return null;
  const reads: (Read | string)[] = [];
  for (let at = 0; at < items.length; at += 2) {
    const read = readOf(items[at]);
    if (read === null) return null;
    reads.push(read);
  }
  const message: Message = { seq: uint(command, MOST_DIGITS.uint32) || undefined };
  for (let at = 1; at < items.length; at += 2) {
    const read = reads[(at - 1) / 2];
    if (typeof read === 'string') setPart(message, read, bytesOf(items[at]));
    else read(message, items[at], mailbox, imapflow);
  }
  const color = message.flags && imapflow.getFlagColor(message.flags);
  if (color) message.flagColor = color;
  return message;
}

/** How what follows this name is read; for a section of the mail its name, lower case. */
function readOf(name: Item): Read | string | null {
  if (!isAtom(name)) return null;
  if (name.section) return name.value === 'BODY' ? partOf(name.section, name.partial) : null;
  return name.partial ? null : (READS.get(name.value) ?? null);
}

/** `HEADER.FIELDS (DATE)` is `header`, as with imapflow. */
function partOf(section: readonly Item[], partial: Token['partial']): string | null {
  if (partial && partial.length !== 1 && partial.length !== 2) return null;
  if (section.length === 0) return WHOLE;
  const [name, fields] = section;
  if (!isPlain(name)) return null;
  const part = name.value.toLowerCase();
  const cut = part.indexOf('.fields');
  if (section.length === 1) return cut < 0 ? part : part.slice(0, cut);
  if (section.length > 2 || cut < 0 || !Array.isArray(fields) || !fields.every(isPrintable)) return null;
  return part.slice(0, cut);
}

function setPart(message: Message, part: string, bytes: Bytes): void {
  if (part === WHOLE) message.source = bytes;
  else if (part === 'header') message.headers = bytes;
  else (message.bodyParts ??= new Map<string, Bytes>()).set(part, bytes);
}

function readUid(message: Message, item: Item, mailbox: Mailbox): void {
  const uid = uint(textOf(item), MOST_DIGITS.uint32);
  message.uid = uid || undefined;
  if (uid && (!mailbox.uidNext || mailbox.uidNext <= uid)) mailbox.uidNext = uid + 1;
}

function readModseq(message: Message, item: Item, mailbox: Mailbox): void {
  const text = stringsOf(item)[0];
  if (!isDecimal(text, MOST_DIGITS.uint63)) return;
  const modseq = BigInt(text);
  message.modseq = modseq;
  if (modseq && (!mailbox.highestModseq || mailbox.highestModseq < modseq)) mailbox.highestModseq = modseq;
}

function readDate(message: Message, item: Item): void {
  const text = textOf(item);
  // imapflow hands NIL to Date, too.
  const date = new Date(text as string);
  message.internalDate = Number.isNaN(date.getTime()) ? text : date;
}

function readStructure(message: Message, item: Item, _mailbox: Mailbox, imapflow: Imapflow): void {
  if (Array.isArray(item)) message.bodyStructure = imapflow.parseBodystructure(item);
}

function textOf(item: Item): Text {
  if (!item) return false;
  if (Array.isArray(item)) return undefined;
  return typeof item.value === 'string' ? item.value : item.value.toString();
}

function bytesOf(item: Item): Bytes {
  if (!item) return false;
  if (Array.isArray(item)) return undefined;
  return typeof item.value === 'string' ? Buffer.from(item.value) : item.value;
}

function stringsOf(list: Item): string[] {
  const strings: string[] = [];
  if (!Array.isArray(list)) return strings;
  for (const item of list)
    if (item && !Array.isArray(item) && typeof item.value === 'string' && item.value) strings.push(item.value);
  return strings;
}

/** Zero where it is no number that can be used. */
function uint(text: Text, mostDigits: number): number {
  const value = isDecimal(text, mostDigits) ? Number(text) : 0;
  return Number.isSafeInteger(value) ? value : 0;
}

function isDecimal(text: Text, mostDigits: number): text is string {
  if (!text || text.length > mostDigits) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

function isAtom(item: Item | undefined): item is Token & { readonly value: string } {
  return Boolean(item) && !Array.isArray(item) && item?.type === 'ATOM' && typeof item.value === 'string';
}

function isPlain(item: Item | undefined): item is Token & { readonly value: string } {
  return isAtom(item) && !item.section && !item.partial && PLAIN.test(item.value);
}

function isPrintable(item: Item): boolean {
  if (!item || Array.isArray(item) || item.section || item.partial) return false;
  return (item.type === 'ATOM' || item.type === 'STRING') && PRINTABLE.test(item.value.toString());
}
