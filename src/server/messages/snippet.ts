import { compile } from 'html-to-text';
import { ownWords } from '../../shared/quoted-text';

const LONGEST_SNIPPET = 200;
const LONGEST_HTML = 200_000;

/** Made once: what the selectors mean takes longer to work out than most mails take to convert. */
const toText = compile({
  wordwrap: false,
  limits: { maxInputLength: LONGEST_HTML, maxDepth: 100, maxChildNodes: 5_000 },
  selectors: [
    { selector: 'img', format: 'skip' },
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'table', format: 'block' },
  ],
});

/** Readable text of an HTML body, without images and link targets. */
export const htmlToText = (html: string): string => toText(html.slice(0, LONGEST_HTML));

/** First words of a message for the list: no quoted lines, no blank space, at most 200 characters. */
export function snippetOf(text: string): string {
  const words = ownWords(text.slice(0, 20_000))
    .replace(/[\s\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]+/gu, ' ')
    .trim();
  if (words.length <= LONGEST_SNIPPET) return words;
  // A code point is one unit or two.
  const points = [...words.slice(0, 2 * LONGEST_SNIPPET + 1)];
  return points.length > LONGEST_SNIPPET ? `${points.slice(0, LONGEST_SNIPPET - 1).join('')}…` : words;
}
