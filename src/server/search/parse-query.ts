import { MailError } from '../errors/mail-error';
import { startOf } from './day-in-zone';
import { FIELD_MARKS, HAS_ATTACHMENT, type SearchField } from './index-tokens';
import { tokenize } from './tokenize';

/** Words that stand side by side in one message. */
export interface SearchTerm {
  /** As they stand in the index; at least one. */
  readonly words: readonly string[];
  /** The last word may go on. */
  readonly isPrefix: boolean;
  readonly isNegated: boolean;
}

/** What somebody looks for; everything must hold of one message. */
export interface SearchQuery {
  readonly terms: readonly SearchTerm[];
  /** Each a role, a folder's name or `anywhere`; none of them: everywhere but in trash and junk. */
  readonly folders: readonly { readonly name: string; readonly isNegated: boolean }[];
  readonly isUnread: boolean | null;
  readonly isStarred: boolean | null;
  /** Keywords of the message (RFC 9051 §2.3.2), in lower case. */
  readonly labels: readonly { readonly name: string; readonly isNegated: boolean }[];
  /** Sent at or after, ms. */
  readonly after: number | null;
  /** Sent before, ms. */
  readonly before: number | null;
}

type Draft = { -readonly [Key in keyof SearchQuery]: SearchQuery[Key] };

const LONGEST_QUERY = 1_000;
const MOST_TERMS = 32;
/** Longer phrases are looked for by their beginning; MySQL refuses one of some hundred words. */
const MOST_WORDS = 40;
/** So short a beginning begins too much. */
const SHORTEST_PREFIX = 3;
const OPERATORS = 'from|to|cc|bcc|subject|filename|has|is|in|before|after|label';
/** An operator with what it asks for, perhaps nothing; a phrase, perhaps without its end; or a word. */
const PARTS = new RegExp(
  `(-)?(?:(${OPERATORS})[:：]\\s*(?:$|(?=\\S)))?(?:"([^"]*)(?:"|$)|“([^”]*)(?:”|$)|(\\S+)|$)`,
  'giu',
);
const FIELDS: Readonly<Record<string, SearchField>> = {
  from: 'from',
  to: 'to',
  cc: 'to',
  bcc: 'to',
  subject: 'subject',
  filename: 'file',
};

interface Part {
  readonly operator: string | null;
  readonly value: string;
  readonly isQuoted: boolean;
  readonly isNegated: boolean;
}

/**
 * Reads what somebody typed into the search box: words, "phrases", `from:` `to:` `cc:` `bcc:` `subject:` `filename:`
 * `has:attachment` `is:unread|read|starred` `in:` `before:` `after:` `label:`, each with `-` for its opposite. Anything else with a
 * colon is words. Pure.
 * @param timeZone in which days begin
 * @throws MailError `EMAIL_SEARCH_EMPTY`, `EMAIL_SEARCH_SIGNS`, `EMAIL_SEARCH_UNFINISHED`, `EMAIL_SEARCH_TERM`
 */
export function parseQuery(text: string, timeZone: string): SearchQuery {
  const query: Draft = {
    terms: [],
    folders: [],
    isUnread: null,
    isStarred: null,
    labels: [],
    after: null,
    before: null,
  };
  const parts = partsOf(text.slice(0, LONGEST_QUERY)).slice(0, MOST_TERMS);
  for (const part of parts) addPart(query, part, timeZone);
  const isEmpty = query.terms.length + query.folders.length + query.labels.length === 0;
  const asksNothing = [query.isUnread, query.isStarred, query.after, query.before].every((one) => one === null);
  if (isEmpty && asksNothing) throw new MailError(text.trim() ? 'EMAIL_SEARCH_SIGNS' : 'EMAIL_SEARCH_EMPTY');
  return query;
}

function partsOf(text: string): Part[] {
  const parts = [...text.trim().matchAll(PARTS)].map(([, minus, operator, quoted, curly, bare]) => ({
    operator: operator?.toLowerCase() ?? null,
    value: quoted ?? curly ?? bare ?? '',
    isQuoted: bare === undefined,
    isNegated: minus !== undefined,
  }));
  return parts.filter(({ operator, value }) => operator !== null || value !== '');
}

function addPart(query: Draft, part: Part, timeZone: string): void {
  const { operator, isNegated } = part;
  const value = part.value.trim();
  if (operator !== null && !value) throw unfinished(part);
  switch (operator) {
    case 'has':
      if (!/^(attachments?|files?)$/i.test(value)) throw notUnderstood(part);
      query.terms = [...query.terms, { words: [HAS_ATTACHMENT], isPrefix: false, isNegated }];
      return;
    case 'is':
      return addState(query, part);
    case 'in':
      query.folders = [...query.folders, { name: value, isNegated }];
      return;
    case 'label':
      query.labels = [...query.labels, { name: value.toLowerCase(), isNegated }];
      return;
    case 'before':
    case 'after':
      return addDay(query, part, timeZone);
    default:
      addWords(query, part, operator === null ? 'any' : FIELDS[operator]);
  }
}

function addState(query: Draft, part: Part): void {
  const state = part.value.trim().toLowerCase();
  if (state === 'unread' || state === 'read') query.isUnread = (state === 'unread') !== part.isNegated;
  else if (state === 'starred' || state === 'flagged') query.isStarred = !part.isNegated;
  else throw notUnderstood(part);
}

function addDay(query: Draft, part: Part, timeZone: string): void {
  const time = startOf(part.value.trim(), timeZone);
  if (time === null) throw notUnderstood(part);
  // Not before a day is from it on.
  const isBefore = (part.operator === 'before') !== part.isNegated;
  if (isBefore) query.before = Math.min(query.before ?? Infinity, time);
  else query.after = Math.max(query.after ?? -Infinity, time);
}

function addWords(query: Draft, { value, isQuoted, isNegated }: Part, field: SearchField): void {
  const tokens = [...tokenize(value)];
  const last = tokens.at(-1);
  if (!last) return;
  // In the index the last character of a run also stands alone, in a word that is looked for only where the run ends.
  const isPair = last.isTail && tokens.length > 1 && tokens[tokens.length - 2].end >= last.end;
  const words = (isPair ? tokens.slice(0, -1) : tokens).map((token) => FIELD_MARKS[field] + token.text);
  const isOneCharacter = last.isTail && !isPair;
  const isBeginning = !isQuoted && !last.isTail && last.text.length >= SHORTEST_PREFIX;
  const isWhole = words.length <= MOST_WORDS;
  const isPrefix = isWhole && (isOneCharacter || isBeginning);
  query.terms = [...query.terms, { words: words.slice(0, MOST_WORDS), isPrefix, isNegated }];
}

function unfinished({ operator }: Part): MailError {
  return new MailError('EMAIL_SEARCH_UNFINISHED', { params: { term: `${operator}:` } });
}

function notUnderstood({ operator, value }: Part): MailError {
  return new MailError('EMAIL_SEARCH_TERM', { params: { term: `${operator}:${value}`.slice(0, 80) } });
}
