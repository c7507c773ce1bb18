import { FIELD_MARKS } from './index-tokens';
import type { SearchTerm } from './parse-query';
import { tokenize } from './tokenize';

/** A piece of a text with the places of the words that were found, in UTF-16 units. */
export interface Excerpt {
  readonly text: string;
  readonly marks: readonly (readonly [start: number, end: number])[];
}

const LONGEST = 200;
/** Of the text before the first word that was found. */
const LEAD = 40;
/** Further down nothing is looked for: reading costs more than it shows. */
const FURTHEST = 20_000;
const MOST_MARKS = 40;

/** Every mark has this many letters. */
const MARK_LENGTH = FIELD_MARKS.any.length;

/**
 * The part of a text around the first word that a query asks for, in one line, with such words marked; null when none occurs. Pure.
 * @param terms of the query, negated ones are left out
 */
export function excerptOf(text: string, terms: readonly SearchTerm[]): Excerpt | null {
  const wanted = wantedWords(terms);
  const flat = flatten(text.slice(0, FURTHEST));
  const hits = hitsIn(flat, wanted);
  const first = hits[0];
  if (!first) return null;
  const from = startNear(flat, first[0]);
  const to = endNear(flat, from);
  const [before, after] = [from > 0 ? '…' : '', to < flat.length ? '…' : ''];
  const shift = before.length - from;
  const shown = hits.filter(([start, end]) => start >= from && end <= to);
  return {
    text: before + flat.slice(from, to) + after,
    marks: joined(shown.map(([start, end]) => [start + shift, end + shift])),
  };
}

/** The same for a text that is shown whole. */
export function marksIn(text: string, terms: readonly SearchTerm[]): Excerpt['marks'] {
  return joined(hitsIn(text.slice(0, FURTHEST), wantedWords(terms)));
}

interface Wanted {
  readonly whole: ReadonlySet<string>;
  readonly begun: readonly string[];
}

function wantedWords(terms: readonly SearchTerm[]): Wanted {
  const asked = terms.filter(({ isNegated }) => !isNegated);
  const bare = (word: string): string => word.slice(MARK_LENGTH);
  const whole = asked.flatMap(({ words, isPrefix }) => (isPrefix ? words.slice(0, -1) : words)).map(bare);
  const begun = asked.flatMap(({ words, isPrefix }) => (isPrefix ? [bare(words[words.length - 1])] : []));
  return { whole: new Set(whole), begun };
}

type Place = [start: number, end: number];

function hitsIn(text: string, { whole, begun }: Wanted): Place[] {
  const hits: Place[] = [];
  for (const token of tokenize(text)) {
    const isHit = whole.has(token.text) || begun.some((begin) => token.text.startsWith(begin));
    if (isHit) hits.push([token.start, token.end]);
    if (hits.length >= MOST_MARKS) break;
  }
  return hits;
}

/** Places that touch or overlap, as pairs of characters do, become one. */
function joined(places: readonly Place[]): Place[] {
  const result: Place[] = [];
  for (const [start, end] of places) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

const flatten = (text: string): string =>
  text
    .replace(/[\s\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]+/gu, ' ')
    .trim()
    .toWellFormed();

/** Begins at a word, a little before the first hit. */
function startNear(text: string, hit: number): number {
  if (hit <= LEAD) return 0;
  const space = text.indexOf(' ', hit - LEAD);
  if (space >= 0 && space < hit) return space + 1;
  const from = hit - LEAD;
  return isLowSurrogate(text, from) ? from + 1 : from;
}

function endNear(text: string, from: number): number {
  const to = Math.min(text.length, from + LONGEST);
  return to < text.length && isLowSurrogate(text, to) ? to - 1 : to;
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
