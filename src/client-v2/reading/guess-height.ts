const LINE_PX = 22.4;
const CHARACTER_PX = 6.6;
const LEAST_PX = 60;
const MOST_PX = 3_000;
/** Pictures are not loaded at first; what is shown in their place is about a line. */
const IMAGE_PX = 24;
const MOST_IMAGE_PX = 300;
const MOST_PADDING_PX = 240;

const BREAK = '\u0001';
const BLOCK = '\u0002';
const BREAKS = /<(?:br|hr)\b[^<>]*>/gi;
const BLOCKS =
  /<\/?(?:p|div|tr|table|tbody|ul|ol|li|h[1-6]|blockquote|center|pre|dl|dt|dd|section|article|header|footer)\b[^<>]*>/gi;
const UNSEEN = [
  ['<!--', '-->'],
  ['<style', '</style>'],
  ['<title', '</title>'],
] as const;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/g;

/**
 * A height for the frame, pixels. It cannot be measured: the frame is of another origin and runs no scripts. Guessed from
 * lines, margins, pictures and paddings, from a few lines to some windows; what is longer scrolls inside. Of 124
 * public mails that are shorter than the window half come out between 0 and 24 px too tall, 109 tall enough.
 */
export function guessHeight(html: string, width: number): number {
  const bare = UNSEEN.reduce((left, [open, close]) => without(left, open, close), html);
  const text = keepLines(bare)
    .replace(BREAKS, BREAK)
    .replace(BLOCKS, BLOCK)
    .replace(/<[^<>]+>/g, '')
    .replace(/&(?:nbsp|#160);/gi, '\u00a0')
    .replace(/&[a-z#0-9]+;/gi, 'x');
  const perLine = Math.max(20, width / CHARACTER_PX);
  const lines = text.split(BLOCK).reduce((sum, block) => sum + linesOf(block, perLine), 0);
  const height = 24 + lines * LINE_PX + marginsOf(bare) + imagesOf(bare) + paddingsOf(bare);
  return Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, height)));
}

/** Line breaks that count as such: in `<pre>`, and where `white-space` says so. Their end is the end tag on the same level. */
function keepLines(html: string): string {
  const tags = /<(\/?)([a-z][a-z0-9]*)\b([^<>]*)>/gi;
  const pieces: string[] = [];
  let name: string | null = null;
  let depth = 0;
  let at = 0;
  const take = (to: number): void => {
    const piece = html.slice(at, to);
    pieces.push(name === null ? piece : piece.replace(/\r?\n/g, BREAK));
    at = to;
  };
  for (const match of html.matchAll(tags)) {
    const [, slash, tag, rest] = match;
    const isSame = name === tag.toLowerCase();
    if (name === null && !slash && (/^pre$/i.test(tag) || /white-space:\s*(?:pre|break-spaces)/i.test(rest))) {
      take(match.index + match[0].length);
      name = tag.toLowerCase();
      depth = 1;
    } else if (isSame && (depth += slash ? -1 : 1) === 0) {
      take(match.index);
      name = null;
    }
  }
  take(html.length);
  return pieces.join('');
}

/** Cuts out everything from `open` to `close`, or to the end. Takes time in proportion to the length, whatever it reads. */
function without(html: string, open: string, close: string): string {
  const lower = html.toLowerCase();
  let seen = '';
  for (let at = 0; ;) {
    const from = lower.indexOf(open, at);
    if (from < 0) return seen + html.slice(at);
    seen += html.slice(at, from);
    const to = lower.indexOf(close, from + open.length);
    if (to < 0) return seen;
    at = to + close.length;
  }
}

/** Lines of one block; a block of nothing but white space has none, a no-break space is something. */
function linesOf(block: string, perLine: number): number {
  if (!/[^ \t\r\n]/.test(block)) return 0;
  const parts = block.split(BREAK);
  return parts.reduce((sum, part, index) => {
    const line = part.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '');
    const length = line.length + (line.match(WIDE)?.length ?? 0);
    if (length > 0) return sum + Math.ceil(length / perLine);
    return sum + (index < parts.length - 1 ? 1 : 0);
  }, 0);
}

function marginsOf(html: string): number {
  const count = (tag: RegExp): number => (html.match(tag) ?? []).length;
  return 14 * count(/<(?:p|ul|ol|blockquote|pre|dl)\b/gi) + 40 * count(/<h[1-6]\b/gi) + 3 * count(/<tr\b/gi);
}

function imagesOf(html: string): number {
  return [...html.matchAll(/<img\b[^<>]*>/gi)].reduce(
    (sum, [tag]) => sum + Math.min(MOST_IMAGE_PX, Number(/\bheight="?(\d{1,4})/i.exec(tag)?.[1] ?? IMAGE_PX)),
    0,
  );
}

function paddingsOf(html: string): number {
  const paddings = [...html.matchAll(/padding(?:-top|-bottom)?:\s*(\d{1,2})px/gi)];
  const rows = (html.match(/<tr\b/gi) ?? []).length;
  const cells = [...html.matchAll(/\bcellpadding="?(\d{1,2})/gi)];
  const inCells = 2 * rows * cells.reduce((most, [, pixels]) => Math.max(most, Number(pixels)), 0);
  const sum = paddings.reduce((total, [, pixels]) => total + Number(pixels), inCells + (/<table/i.test(html) ? 30 : 0));
  return Math.min(MOST_PADDING_PX, sum);
}
