import type { Address } from '../mail/address';
import { ownWords } from '../../shared/quoted-text';
import type { SearchContent } from '../ports/search';
import { tokenize } from './tokenize';

/** Rises when messages would be indexed otherwise than before; every account is then indexed anew. */
export const INDEX_VERSION = 1;

/** Where a word stands. The marks make every word longer than the two letters that MySQL leaves out, and none a stop word. */
export const FIELD_MARKS = { any: 'zw', subject: 'zs', from: 'zf', to: 'zt', file: 'zn' } as const;
export type SearchField = keyof typeof FIELD_MARKS;

export const HAS_ATTACHMENT = 'zzattachment';
/** Between two fields, so that a phrase does not begin in one and end in the next. */
const GAP = 'zzgap';

/** A tsvector holds 1 MB (PostgreSQL §11.5); codes of this length and their places stay below it. */
const LONGEST_CODES = 400_000;
/** Longer texts are read without what they quote. */
const LONG_TEXT = 100_000;

/**
 * Words of a message for the full-text index, in the order in which phrases are looked for. Pure.
 * @returns words of `[a-z0-9_]`; at most some 100,000
 */
export function indexTokens(content: SearchContent): string[] {
  const text = content.text.length > LONG_TEXT ? ownWords(content.text) : content.text;
  const words: string[] = [];
  let length = 0;
  const add = (mark: string, part: string): void => {
    for (const token of tokenize(part)) {
      if (length > LONGEST_CODES) return;
      words.push(mark + token.text);
      length += mark.length + token.text.length;
    }
    words.push(GAP);
  };
  const fields: readonly [SearchField, readonly string[]][] = [
    ['subject', [content.subject]],
    ['from', content.from.map(spelled)],
    ['to', content.to.map(spelled)],
    ['file', content.files],
  ];
  for (const [field, parts] of fields) for (const part of parts) add(FIELD_MARKS[field], part);
  for (const part of [...fields.flatMap(([, parts]) => parts), text]) add(FIELD_MARKS.any, part);
  if (content.hasAttachments) words.push(HAS_ATTACHMENT);
  return words;
}

const spelled = ({ name, address }: Address): string => `${name} ${address}`;
