/** A piece of a plain text: words, or an address that can be opened. */
export interface TextPart {
  readonly text: string;
  /** `https:`, `http:` or `mailto:`; null for words. */
  readonly href: string | null;
}

const LINK =
  /\bhttps?:\/\/[^\s<>"`{}|\\^]+|\bwww\.[^\s<>"`{}|\\^]+\.[^\s<>"`{}|\\^]+|\b[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+\b/gi;
const MOST_LINKS = 2_000;

/** Finds web and mail addresses in a text, as mail programs do. Only the text that is shown becomes the target. Pure. */
export function linkParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    if (parts.length > 2 * MOST_LINKS) break;
    const shown = withoutTail(match[0]);
    if (match.index > at) parts.push({ text: text.slice(at, match.index), href: null });
    parts.push({ text: shown, href: hrefOf(shown) });
    at = match.index + shown.length;
  }
  if (at < text.length || parts.length === 0) parts.push({ text: text.slice(at), href: null });
  return parts;
}

function hrefOf(shown: string): string {
  if (/^https?:/i.test(shown)) return shown;
  return /^www\./i.test(shown) ? `https://${shown}` : `mailto:${shown}`;
}

/** The full stop of the sentence, and a bracket that was opened before the address, are not part of it. */
function withoutTail(link: string): string {
  let end = link.length;
  // Counted once: a mail may end a link with a million brackets.
  let loose = count(link, ')') - count(link, '(');
  for (;;) {
    const last = link[end - 1];
    const isLoose = last === ')' && loose > 0;
    if (!isLoose && !/[.,;:!?'\]*_~。，、；：！？）」』】]/.test(last)) return link.slice(0, end);
    if (isLoose) loose -= 1;
    end -= 1;
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
