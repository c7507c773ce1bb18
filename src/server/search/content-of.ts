import { hasFiles } from '../messages/attachments-of';
import { htmlToText } from '../messages/snippet';
import type { SearchContent } from '../ports/search';
import type { ParsedMessage } from '../ports/stores';

/** Of a text, in characters; more is not indexed. */
export const LONGEST_TEXT = 200_000;

type Searched = Pick<ParsedMessage, 'subject' | 'from' | 'to' | 'cc' | 'bcc' | 'attachments' | 'text' | 'html'>;

/** What of a mail that has just been read can be searched: the same as of its rows later. Pure. */
export function searchContentOf({ subject, from, to, cc, bcc, attachments, text, html }: Searched): SearchContent {
  return {
    subject,
    from: from ? [from] : [],
    to: [...to, ...cc, ...bcc],
    files: attachments.map(({ filename }) => filename ?? ''),
    text: searchedText(text, html),
    hasAttachments: hasFiles(attachments),
  };
}

/** The plain text, or what is left of the HTML where there is none. */
export function searchedText(text: string | null, html: string | null): string {
  return text === null ? htmlToText((html ?? '').slice(0, LONGEST_TEXT)) : text.slice(0, LONGEST_TEXT);
}
