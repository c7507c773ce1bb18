/** A word of an answer as imapflow's parser hands it out. */
export interface Token {
  readonly type: string;
  readonly value: string | Buffer;
  section?: Item[];
  partial?: number[];
}

/** A word, NIL, or a list of them. */
export type Item = Token | null | Item[];

export interface Answer {
  readonly tag: string;
  readonly command: string;
  readonly attributes: Item[];
}

interface Options {
  /** Taken out of the stream beforehand, in the order in which the line names them. */
  readonly literals?: Buffer[];
}

interface Line {
  readonly text: string;
  readonly literals: readonly Buffer[];
  at: number;
  /** Of the literals. */
  used: number;
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN = 0x28;
const CLOSE = 0x29;
const STAR = 0x2a;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LESS = 0x3c;
const OPEN_SECTION = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_SECTION = 0x5d;
const OPEN_LITERAL = 0x7b;
const CLOSE_LITERAL = 0x7d;

const HEAD = ' FETCH (';
/** Offset and length of a section's octets (RFC 9051 §7.5.2), without leading zeros. */
const PARTIAL = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))?$/;
/** imapflow refuses more than 25, counted in another way. */
const MOST_DEPTH = 20;

/** Makes a set of numbers of what otherwise is one. */
const NOT_IN_NUMBERS = 1;
/** Means something else at the beginning: a literal8, octets of a section. */
const NOT_FIRST = 2;
const ANYWHERE = 3;
/** What an atom may hold (RFC 9051 §9, ATOM-CHAR), less `[`, which may begin a section. */
const ATOM_CHARACTERS = atomCharacters();

/**
 * What imapflow's parser would answer to an ordinary line of an answer to FETCH (RFC 9051 §7.5.2), without its promises: it awaits each node of
 * a tree, and where the host keeps an AsyncLocalStorage each of them costs hooks. Null for every other line, and for one that is odd in any way,
 * with the literals as they were: then imapflow decides. The build puts this in front of its parser (scripts/quicken-imapflow.ts).
 */
export function quickParse(command: Buffer, options?: Options): Answer | null {
  if (command[0] !== STAR || command[1] !== SPACE) return null;
  const text = command.toString();
  const end = endOfDigits(text, 2);
  if (end === 2 || !text.startsWith(HEAD, end)) return null;
  const given = options?.literals;
  const line: Line = { text, literals: given ?? [], at: end + HEAD.length, used: 0 };
  const items: Item[] = [];
  if (!readItems(line, items, CLOSE, 1) || line.at !== text.length) return null;
  given?.splice(0, line.used);
  return { tag: '*', command: text.slice(2, end), attributes: [{ type: 'ATOM', value: 'FETCH' }, items] };
}

/** Reads up to `closer`; false where the line is not for us. */
function readItems(line: Line, into: Item[], closer: number, depth: number): boolean {
  for (;;) {
    const code = line.text.charCodeAt(line.at);
    switch (code) {
      case SPACE:
        line.at += 1;
        break;
      case closer:
        line.at += 1;
        return true;
      case QUOTE:
        if (!readString(line, into)) return false;
        break;
      case OPEN: {
        const list: Item[] = [];
        into.push(list);
        line.at += 1;
        if (depth >= MOST_DEPTH || !readItems(line, list, CLOSE, depth + 1)) return false;
        break;
      }
      case OPEN_LITERAL:
        if (!readLiteral(line, into)) return false;
        break;
      default:
        if (!readAtom(line, into, closer, depth)) return false;
    }
  }
}

function readAtom(line: Line, into: Item[], closer: number, depth: number): boolean {
  const { text, at: start } = line;
  const first = text.charCodeAt(start);
  if (first !== BACKSLASH && ATOM_CHARACTERS[first] !== ANYWHERE) return false;
  const least = isDigit(first) ? NOT_FIRST : NOT_IN_NUMBERS;
  let end = start + 1;
  let code = text.charCodeAt(end);
  while (ATOM_CHARACTERS[code] >= least) code = text.charCodeAt((end += 1));
  const value = text.slice(start, end);
  line.at = end;
  if (code === OPEN_SECTION) return readSection(line, into, value, depth);
  if (code !== SPACE && code !== closer) return false;
  into.push(isNil(value) ? null : { type: 'ATOM', value });
  return true;
}

/** `BODY[1.MIME]<0>`: where the octets begin stands right behind the section, else it is a word of its own. */
function readSection(line: Line, into: Item[], name: string, depth: number): boolean {
  if ((name !== 'BODY' && name !== 'BINARY') || depth >= MOST_DEPTH) return false;
  const section: Item[] = [];
  const token: Token = { type: 'ATOM', value: name, section };
  into.push(token);
  line.at += 1;
  if (!readItems(line, section, CLOSE_SECTION, depth + 1)) return false;
  return line.text.charCodeAt(line.at) !== LESS || readPartial(line, token);
}

function readPartial(line: Line, token: Token): boolean {
  const start = line.at + 1;
  const end = line.text.indexOf('>', start);
  if (end < 0) return false;
  const partial = line.text.slice(start, end);
  if (!PARTIAL.test(partial)) return false;
  token.partial = partial.split('.').map(Number);
  line.at = end + 1;
  return true;
}

function readString(line: Line, into: Item[]): boolean {
  const { text } = line;
  const start = line.at + 1;
  const end = text.indexOf('"', start);
  if (end < 0) return false;
  const value = text.slice(start, end);
  if (value.includes('\\')) return readEscaped(line, into);
  into.push({ type: 'STRING', value });
  line.at = end + 1;
  return true;
}

/** A backslash makes whatever follows it a letter; RFC 9051 §9 (quoted) has it before `"` and itself alone, imapflow anywhere. */
function readEscaped(line: Line, into: Item[]): boolean {
  const { text } = line;
  let value = '';
  for (let at = line.at + 1, from = at; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== QUOTE && code !== BACKSLASH) continue;
    value += text.slice(from, at);
    if (code === QUOTE) {
      into.push({ type: 'STRING', value });
      line.at = at + 1;
      return true;
    }
    at += 1;
    from = at;
  }
  return false;
}

/** `{12}` and the end of its line. As imapflow does, takes the next literal whatever its length. */
function readLiteral(line: Line, into: Item[]): boolean {
  const { text } = line;
  const start = line.at + 1;
  let end = endOfDigits(text, start);
  const isNumber = end === start + 1 || (end > start && text.charCodeAt(start) !== DIGIT_0);
  if (!isNumber || text.charCodeAt(end) !== CLOSE_LITERAL) return false;
  end += text.charCodeAt(end + 1) === CR ? 2 : 1;
  const value = line.literals[line.used] as Buffer | undefined;
  if (text.charCodeAt(end) !== LF || !value) return false;
  into.push({ type: 'LITERAL', value });
  line.at = end + 1;
  line.used += 1;
  return true;
}

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

const isDigit = (code: number): boolean => code >= DIGIT_0 && code <= DIGIT_9;

const isNil = (value: string): boolean => value === 'NIL' || (value.length === 3 && value.toUpperCase() === 'NIL');

function atomCharacters(): Uint8Array {
  const of = new Uint8Array(128);
  of.fill(ANYWHERE, SPACE + 1, 0x7f);
  for (const special of '(){%*"\\[]') of[special.charCodeAt(0)] = 0;
  for (const separator of ',:') of[separator.charCodeAt(0)] = NOT_IN_NUMBERS;
  for (const opener of '~<') of[opener.charCodeAt(0)] = NOT_FIRST;
  return of;
}
