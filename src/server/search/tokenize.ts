/** A word as the index knows it: `[a-z0-9_]` only, so that every database takes it for one word whatever its own rules are. */
export interface Token {
  readonly text: string;
  /** Where it stands in the text that was given, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** The single last character of a run without spaces. */
  readonly isTail: boolean;
}

/** MySQL's full-text index drops words of more than 84 characters; fields put two in front (index-tokens.ts). */
const LONGEST = 80;

/** Characters that are folded together. */
const MOST_AT_ONCE = 200;
/** Low surrogates, and the marks of kana. */
// eslint-disable-next-line no-misleading-character-class -- one by one
const CLINGS = /[\udc00-\udfff\u3099-\u309a\uff9e-\uff9f]/;
/** Written without spaces between words, or with words that endings cling to: cut into overlapping pairs. */
const SPACELESS =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Bopomofo}' +
  '\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー々〆〇';
/** Sounds of kana that are written after them, and the half-width forms of those and of the long mark. */
const KANA_MARKS = '\\u3099-\\u309a\\uff70\\uff9e-\\uff9f';
/** A number is a word of its own when it stands in Chinese, and part of one in “v2”. */
// eslint-disable-next-line no-misleading-character-class -- the marks of kana are meant one by one
const PIECES = new RegExp(`([${SPACELESS}${KANA_MARKS}]+)|[[\\p{L}\\p{N}\\p{M}]--[${SPACELESS}${KANA_MARKS}]]+`, 'gv');
const MARKED = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{Mn}+/gu;
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ς: 'σ',
};

/**
 * Words of a text in their order: without regard to case, width and accents (“Käse” is found by “kase”), and pairs of characters
 * where a script has no spaces. The last character of such a run comes by itself too, so that one character alone finds all.
 * Pure; linear in the input.
 */
export function* tokenize(text: string): Generator<Token> {
  for (const match of text.matchAll(PIECES)) {
    const start = match.index;
    if (match[1] === undefined)
      yield { text: encode(fold(match[0].slice(0, MOST_AT_ONCE))), start, end: start + match[0].length, isTail: false };
    else yield* pairsOf(match[1], start);
  }
}

interface Character {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function* pairsOf(run: string, start: number): Generator<Token> {
  let last: Character | null = null;
  for (const character of charactersOf(run, start)) {
    if (last) yield { text: encode(last.text + character.text), start: last.start, end: character.end, isTail: false };
    last = character;
  }
  if (last) yield { ...last, text: encode(last.text), isTail: true };
}

/** Characters of a run, folded piece by piece: normalizing a long run of marks takes time by the square of its length. */
function* charactersOf(run: string, start: number): Generator<Character> {
  for (let at = 0; at < run.length;) {
    const piece = pieceAt(run, at);
    const folded = [...fold(piece)];
    // Folding may join characters (half-width katakana); then the piece as a whole is the place.
    const isExact = folded.length === piece.length;
    for (const [nth, text] of folded.entries()) {
      const from = start + at + (isExact ? nth : 0);
      yield { text, start: from, end: isExact ? from + 1 : from + piece.length };
    }
    at += piece.length;
  }
}

function pieceAt(run: string, at: number): string {
  let end = Math.min(run.length, at + MOST_AT_ONCE);
  // Neither a pair of surrogates nor kana and its mark are taken apart.
  if (end < run.length && CLINGS.test(run[end])) end += 1;
  return run.slice(at, end);
}

/** One spelling of what people take for the same word (UAX #15, compatibility forms). */
export function fold(text: string): string {
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  const plain = text.normalize('NFKD').toLowerCase().replace(MARKED, '$1').normalize('NFC');
  return plain.replace(/[ßæœøłđðþıς]/g, (letter) => LETTERS[letter]);
}

/** Keeps prefixes: what begins a word begins its code. Cut at a whole character. */
function encode(word: string): string {
  if (/^[a-z0-9]*$/.test(word)) return word.slice(0, LONGEST);
  let code = '';
  for (let at = 0; at < word.length && code.length <= LONGEST - 5; at += 1) {
    const unit = word[at];
    code += /[a-z0-9]/.test(unit) ? unit : `_${word.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return code;
}
