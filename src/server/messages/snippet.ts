import { convert } from 'html-to-text';
import { ownWords } from './quoted-text';

const LONGEST_SNIPPET = 200;
const LONGEST_HTML = 200_000;

/** Readable text of an HTML body, without images and link targets. */
export function htmlToText(html: string): string {
  return convert(html.slice(0, LONGEST_HTML), {
    wordwrap: false,
    limits: { maxInputLength: LONGEST_HTML, maxDepth: 100, maxChildNodes: 5_000 },
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'table', format: 'block' },
    ],
  });
}

/** First words of a message for the list: no quoted lines, no blank space, at most 200 characters. */
export function snippetOf(text: string): string {
  const words = ownWords(text.slice(0, 20_000))
    .replace(/[\s\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]+/gu, ' ')
    .trim();
  const points = [...words];
  return points.length > LONGEST_SNIPPET ? `${points.slice(0, LONGEST_SNIPPET - 1).join('')}…` : words;
}
