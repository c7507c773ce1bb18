import { createRequire } from 'node:module';
import path from 'node:path';
import type { Answer, Item } from '../quick-parse';

export type Parse = (line: Buffer, options?: { literals?: Buffer[] }) => Promise<Answer>;

/** A line as imapflow's stream hands it on: its literals are taken out of it. */
export interface FetchLine {
  readonly line: Buffer;
  readonly literals: readonly Buffer[];
}

type Random = () => number;

/** A module of imapflow; its package does not name them, so they are taken from its folder. */
export function load<T>(name: string): T {
  const module = createRequire(__filename)(path.join(path.dirname(require.resolve('imapflow')), name)) as {
    default?: T;
  };
  return module.default ?? (module as T);
}

/** The literals of an answer, which have to be the very buffers that the stream gave. */
export function literalsOf(item: Item | readonly Item[]): Buffer[] {
  if (item === null) return [];
  if (Array.isArray(item)) return item.flatMap((one: Item) => literalsOf(one));
  const { value, section } = item as Exclude<Item, null | Item[]>;
  return [...(Buffer.isBuffer(value) ? [value] : []), ...literalsOf(section ?? [])];
}

const ATOMS =
  'NIL nil Nil NILS \\Seen \\Answered $Junk $MailFlagBit1 \\Flagged a-b 7BIT 12 0 007 x:y a~b RFC822 +1'.split(' ');
const STRINGS = ['', 'a', 'text', '7bit', 'with space', 'a\\"b', '\\\\', 'x\\yz', 'ü€😀', '(a)', '{3}', ']<0>', 'NIL'];
const STATES = ['\\Seen', '\\Flagged', '$Junk', '$MailFlagBit0', '$MailFlagBit2', 'NonJunk', 'a:b', '\\Recent'];
const DATES = ['17-Jul-1996 02:44:25 -0700', ' 1-Feb-2026 00:00:00 +0000', 'yesterday', ''];
const SECTIONS = [
  ...[
    '',
    'HEADER',
    'TEXT',
    '1',
    '1.2.MIME',
    '2.HEADER',
    'HEADER.FIELDS (DATE FROM "X-A")',
    '1.HEADER.FIELDS (A)',
    '.FIELDS',
  ],
  ...[
    'HEADER.FIELDS.NOT ()',
    'HEADER.FIELDS ("a\nb")',
    'HEADER.FIELDS (NIL)',
    'HEADER (A)',
    '"HEADER"',
    'NIL',
    'BODY[1]',
    '1 2',
  ],
];
const PARTIALS = ['', '', '<0>', '<12>', '<0.5>', '<10.20>'];
const ODD = [
  ...'()[]{}<>"\\ %*~:,.+-\r\n\t\0\x01\x7f\x80é€0aN',
  '<0>',
  '{1}\r\n',
  '{0}\r\n',
  '~{1}\r\n',
  '{01}\r\n',
  '1:*',
];

const oneOf = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)];
const some = <T>(random: Random, most: number, one: () => T): T[] =>
  Array.from({ length: Math.floor(random() * (most + 1)) }, one);
const digits = (random: Random, most: number): string => String(Math.floor(random() ** 4 * 10 ** most));
const quoted = (random: Random): string => `"${oneOf(random, STRINGS)}"`;

/** A line with what servers write; `isOrdinary` false: damaged in up to three places. */
export function fetchLine(random: Random, isOrdinary: boolean): FetchLine {
  const literals: Buffer[] = [];
  const literal = (): string => {
    literals.push(Buffer.from('x'.repeat(random() * 5)));
    return `{${literals.at(-1)?.length}}\r\n`;
  };
  const anything = (depth: number): string => {
    const kind = random();
    if (kind < 0.3) return oneOf(random, ATOMS);
    if (kind < 0.7) return quoted(random);
    if (kind < 0.75) return literal();
    if (kind < 0.8) return `BODY[${oneOf(random, SECTIONS)}]${oneOf(random, PARTIALS)}`;
    return depth > 6 ? 'NIL' : `(${some(random, 4, () => anything(depth + 1)).join(' ')})`;
  };
  const fields: readonly (() => string)[] = [
    () => `UID ${digits(random, 11)}`,
    () => `RFC822.SIZE ${digits(random, 20)}`,
    () => `FLAGS (${some(random, 4, () => oneOf(random, STATES)).join(' ')})`,
    () => `INTERNALDATE "${oneOf(random, DATES)}"`,
    () => `MODSEQ (${digits(random, 20)})`,
    () =>
      oneOf(random, ['EMAILID (M1)', 'THREADID (T1)', 'THREADID NIL', 'X-GM-MSGID 127', 'X-GM-THRID 1', 'EMAILID ()']),
    () => `BODY[${oneOf(random, SECTIONS)}]${oneOf(random, PARTIALS)} ${random() < 0.6 ? literal() : quoted(random)}`,
    () => `BODYSTRUCTURE ${structure(random, 0)}`,
    () =>
      `${oneOf(random, ['UID', 'FLAGS', 'MODSEQ', 'RFC822.SIZE', 'INTERNALDATE', 'BODY[]', 'BODY', 'X-NEW', 'Uid'])} ${anything(1)}`,
    () => anything(1),
  ];
  let text = `* ${digits(random, 12)} FETCH (${some(random, 6, () => oneOf(random, fields)()).join(' ')})`;
  if (!isOrdinary) for (let left = 1 + random() * 3; left > 1; left -= 1) text = damaged(random, text);
  const isShort = !isOrdinary && random() < 0.1;
  return { line: Buffer.from(text), literals: isShort ? literals.slice(1) : literals };
}

function structure(random: Random, depth: number): string {
  if (depth < 3 && random() < 0.4)
    return `(${some(random, 3, () => structure(random, depth + 1)).join('')} "mixed" ("boundary" ${quoted(random)}) NIL NIL)`;
  const tail = random() < 0.5 ? '' : ` NIL ("attachment" ("filename" ${quoted(random)})) NIL`;
  return `("text" "plain" ("charset" "utf-8" "name*0" ${quoted(random)}) NIL ${quoted(random)} "7bit" ${digits(random, 6)} 1${tail})`;
}

function damaged(random: Random, text: string): string {
  const kind = random();
  if (kind < 0.05) return text.replace('(', '('.repeat(random() * 30));
  if (kind < 0.08) return text.replace('(', '(('.repeat(12)).replace(/\)$/, '))'.repeat(12));
  const at = Math.floor(random() * (text.length + 1));
  const removed = kind < 0.4 ? 0 : 1 + Math.floor(random() * 2);
  return text.slice(0, at) + (kind < 0.8 ? oneOf(random, ODD) : '') + text.slice(at + removed);
}
