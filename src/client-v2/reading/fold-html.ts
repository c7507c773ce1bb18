import { DATE_WORDS, FROM_WORDS, HEAD_LINE, isForward } from '../../shared/quoted-text';

/** Classes that mail programs give to what they quote. */
const QUOTE_CLASS =
  /(?:^|\s)(?:gmail_quote|gmail_quote_container|yahoo_quoted|protonmail_quote|moz-cite-prefix)(?:\s|$)/;
const HEAD_CLASS = /(?:^|\s)moz-cite-prefix(?:\s|$)/;
/** Outlook puts the original below its header fields, in the language of the writer. */
const FROM_FIELD = new RegExp(`>\\s{0,9}(?:${FROM_WORDS})\\s{0,3}[:：]`, 'giu');
const DATE_FIELD = new RegExp(`(?:${DATE_WORDS})\\s{0,3}[:：]`, 'iu');
const HEAD_LENGTH = 3_000;
const MOST_HEADS = 50;
const LONGEST_LINE = 200;
const BLOCKS = ['<div', '<p', '<table', '<hr', '<blockquote'];

/**
 * What is left of a mail's HTML without the original that it ends with, as Gmail, Yahoo, Proton, Thunderbird, Apple Mail and Outlook quote it; null when
 * there is nothing to fold: nothing is quoted, something is said below it, nothing above it, or it is a forward. What is left open is closed by
 * the browser. Pure; takes time in proportion to the length.
 * @param html as the server cleans it: attributes in double quotes, no `<` or `>` in them
 */
export function foldHtml(html: string, subject: string): string | null {
  const { first, last } = visibleIn(html);
  const quote = quoteStart(html, last);
  const at = Math.min(quote === null ? Infinity : headStart(html, quote), outlookStart(html) ?? Infinity);
  if (isForward(subject, textOf(html.slice(at, at + HEAD_LENGTH)).trim())) return null;
  // The ruler that parts the two.
  return at < Infinity && first < at ? html.slice(0, at).replace(/<hr\b[^<>]*>\s{0,99}$/i, '') : null;
}

/** Where the quote begins below which nothing stands. */
function quoteStart(html: string, lastVisible: number): number | null {
  let head: { readonly from: number; readonly to: number } | null = null;
  let end = 0;
  for (const match of html.matchAll(/<(div|blockquote)\b([^<>]*)>/gi)) {
    const [tag, name, rest] = match;
    // Quotes within a quote that is known already.
    if (match.index < end || !isQuote(rest)) continue;
    end = endOf(html, name.toLowerCase(), match.index + tag.length);
    if (HEAD_CLASS.test(classOf(rest))) {
      head = { from: match.index, to: end };
    } else if (lastVisible < end) {
      const isAnnounced = head !== null && visibleIn(html.slice(head.to, match.index)).last < 0;
      return isAnnounced && head ? head.from : match.index;
    }
  }
  return null;
}

const classOf = (attributes: string): string => /\bclass="([^"]*)"/i.exec(attributes)?.[1] ?? '';
const isQuote = (attributes: string): boolean =>
  /\btype="cite"/i.test(attributes) || QUOTE_CLASS.test(classOf(attributes));

/** Where an element ends whose content begins at `from`. */
function endOf(html: string, name: string, from: number): number {
  const tags = new RegExp(`<(/?)${name}\\b[^<>]*>`, 'gi');
  tags.lastIndex = from;
  let depth = 1;
  for (let match = tags.exec(html); match; match = tags.exec(html)) {
    depth += match[1] ? -1 : 1;
    if (depth === 0) return match.index + match[0].length;
  }
  return html.length;
}

/** Where the line begins that announces a quote (who wrote, and when), if there is one right above it. */
function headStart(html: string, quote: number): number {
  const above = html.slice(Math.max(0, quote - HEAD_LENGTH), quote);
  const block = Math.max(...['<div', '<p', '<br'].map((tag) => above.toLowerCase().lastIndexOf(tag)));
  const line = block < 0 ? '' : textOf(above.slice(block)).trim();
  const isHead = line.length <= LONGEST_LINE && /\d/.test(line) && HEAD_LINE.test(line);
  return isHead ? quote - above.length + block : quote;
}

/** Where the block with the header fields of the original begins. */
function outlookStart(html: string): number | null {
  let tries = 0;
  for (const { index } of html.matchAll(FROM_FIELD)) {
    if ((tries += 1) > MOST_HEADS) return null;
    if (!DATE_FIELD.test(textOf(html.slice(index, index + HEAD_LENGTH)))) continue;
    const block = Math.max(...BLOCKS.map((tag) => html.toLowerCase().lastIndexOf(tag, index)));
    return block < 0 ? index + 1 : block;
  }
  return null;
}

const textOf = (html: string): string => html.replace(/<[^<>]*>/g, ' ');

/** From where to where there is something to be seen: words or pictures. `last` is below zero when there is nothing. */
function visibleIn(html: string): { first: number; last: number } {
  let [first, last] = [Infinity, -1];
  for (const { 0: piece, index } of html.matchAll(/<style\b[^<>]*>[^<]*<\/style>|<[^<>]*>|[^<]+/gi)) {
    const isVisible = piece.startsWith('<') ? /^<img\b/i.test(piece) : !isBlank(piece);
    if (!isVisible) continue;
    first = Math.min(first, index);
    last = index;
  }
  return { first, last };
}

const isBlank = (text: string): boolean => text.replace(/&nbsp;|&#160;|\u00a0/gi, '').trim() === '';
