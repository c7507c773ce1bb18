import sanitizeHtml, { type IOptions } from 'sanitize-html';
import { MailError } from '../errors/mail-error';

const TAGS = [
  ...[
    'a',
    'abbr',
    'address',
    'article',
    'aside',
    'b',
    'bdi',
    'bdo',
    'big',
    'blockquote',
    'br',
    'caption',
    'center',
    'cite',
    'code',
    'col',
  ],
  ...[
    'colgroup',
    'dd',
    'del',
    'details',
    'dfn',
    'div',
    'dl',
    'dt',
    'em',
    'figcaption',
    'figure',
    'font',
    'footer',
    'h1',
    'h2',
    'h3',
    'h4',
  ],
  ...[
    'h5',
    'h6',
    'header',
    'hr',
    'i',
    'img',
    'ins',
    'kbd',
    'li',
    'main',
    'mark',
    'ol',
    'p',
    'pre',
    'q',
    's',
    'samp',
    'section',
    'small',
  ],
  ...[
    'span',
    'strike',
    'strong',
    'style',
    'sub',
    'summary',
    'sup',
    'table',
    'tbody',
    'td',
    'tfoot',
    'th',
    'thead',
    'time',
    'tr',
    'tt',
    'u',
    'ul',
    'var',
    'wbr',
  ],
];

const ATTRIBUTES = [
  ...[
    'align',
    'alt',
    'bgcolor',
    'border',
    'cellpadding',
    'cellspacing',
    'class',
    'color',
    'cols',
    'colspan',
    'dir',
    'face',
    'headers',
    'height',
  ],
  ...[
    'hspace',
    'lang',
    'nowrap',
    'rows',
    'rowspan',
    'scope',
    'size',
    'span',
    'start',
    'style',
    'summary',
    'title',
    'type',
    'valign',
    'vspace',
    'width',
  ],
];

const RECEIVED: IOptions = {
  allowedTags: TAGS,
  // <style> stays: the frame has no scripts and its CSP loads nothing, so a style sheet can only style this mail.
  allowVulnerableTags: true,
  allowedAttributes: {
    '*': ATTRIBUTES,
    a: ['href', 'name', 'target', 'rel'],
    img: ['src', 'width', 'height', 'alt'],
    td: ['background'],
    table: ['background'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: ['http', 'https', 'cid', 'data'] },
  allowProtocolRelative: false,
  nonTextTags: [
    'script',
    'textarea',
    'option',
    'noscript',
    'title',
    'svg',
    'math',
    'iframe',
    'object',
    'embed',
    'template',
  ],
  parseStyleAttributes: false,
  nestingLimit: 200,
  transformTags: {
    a: sanitizeHtml.simpleTransform('a', { target: '_blank', rel: 'noopener noreferrer nofollow' }),
    body: 'div',
    html: 'div',
  },
  exclusiveFilter: (frame) =>
    frame.tag === 'img' && /^data:(?!image\/(?:png|jpe?g|gif|webp);)/i.test(frame.attribs.src ?? ''),
};

const WRITTEN: IOptions = { ...RECEIVED, allowedTags: TAGS.filter((tag) => tag !== 'style') };

/**
 * Received HTML without anything that acts. Second line of defence: the frame it is shown in is isolated by itself
 * (docs/spec/isolation.md), and stays so with this switched off.
 */
export function cleanReceivedHtml(html: string): string {
  return isReasonable(html) ? sanitizeHtml(withFewComments(html), RECEIVED) : plainFallback(html);
}

/** HTML that a user quotes, before it leaves in a mail. What is too large or too deep to be cleaned comes as text, cut. */
export function cleanQuotedHtml(html: string): string {
  return isReasonable(html) ? sanitizeHtml(withFewComments(html), WRITTEN) : plainFallback(html);
}

/**
 * HTML that a user wrote. Nothing of it is dropped in silence: @throws MailError `EMAIL_MESSAGE_TOO_LARGE` when there is
 * more of it than can be cleaned.
 */
export function cleanWrittenHtml(html: string): string {
  if (!isReasonable(html)) throw new MailError('EMAIL_MESSAGE_TOO_LARGE');
  return sanitizeHtml(withFewComments(html), WRITTEN);
}

const MOST_COMMENTS = 200;

/**
 * sanitize-html copies a whole address for every comment inside it, so thousands of them in a long one would cost
 * seconds. Taken out here in one pass; what that joins is cleaned afterwards.
 */
function withFewComments(html: string): string {
  if (html.split('<!--', MOST_COMMENTS + 2).length <= MOST_COMMENTS) return html;
  const pieces: string[] = [];
  let at = 0;
  for (;;) {
    const start = html.indexOf('<!--', at);
    const end = start < 0 ? -1 : html.indexOf('-->', start + 4);
    if (end < 0) return pieces.join('') + html.slice(at);
    pieces.push(html.slice(at, start));
    at = end + 3;
  }
}

/** Sanitizing costs more than linear time in open tags; above these a mail is an attack or a mistake. */
const LARGEST_HTML = 600_000;
const MOST_TAGS = 20_000;

function isReasonable(html: string): boolean {
  if (html.length > LARGEST_HTML) return false;
  let tags = 0;
  for (let at = html.indexOf('<'); at >= 0 && tags <= MOST_TAGS; at = html.indexOf('<', at + 1)) tags += 1;
  return tags <= MOST_TAGS;
}

/** The beginning of an unreasonable body as text: readable in part, and cheap. */
function plainFallback(html: string): string {
  const text = html.slice(0, 200_000).replace(/<[^<>]{0,2000}>/g, ' ');
  return `<div style="white-space:pre-wrap">${escapeHtml(text)}</div>`;
}

/** True when showing the mail in full would load something from elsewhere. */
export function hasRemoteContent(html: string): boolean {
  // Bounded repetitions: a mail with a million spaces must not cost a million squared.
  return /(?:src|background)\s{0,9}=\s{0,9}["']?\s{0,9}https?:|url\s{0,9}\(\s{0,9}["']?\s{0,9}(?:https?:)?\/\/|@import/i.test(
    html,
  );
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
