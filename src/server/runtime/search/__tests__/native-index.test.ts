import { booleanOf } from '../mysql-index';
import { queryOf, vectorOf } from '../postgres-index';
import { phraseOf } from '../sqlite-index';

const term = (words: string[], isPrefix = false, isNegated = false) => ({ words, isPrefix, isNegated });

it('PostgreSQL: words with their places, neighbours, beginnings, opposites', () => {
  expect(vectorOf(['zwa', 'zwb', 'zwa'])).toBe('zwa:1,3 zwb:2');
  expect(queryOf([term(['zwa']), term(['zwb', 'zwc'], true), term(['zwd'], false, true)])).toBe(
    'zwa & ((zwb <-> zwc:*) | (zzlong & zwb & zwc:*)) & !zwd',
  );
});

it('PostgreSQL: places beyond what it can number are not given twice', () => {
  const vector = vectorOf([...Array<string>(17_000).fill('zwa'), 'zwb', 'zwb']);
  expect(vector).toMatch(/^zwa:[\d,]+ zwb:16383 zzlong:16383$/);
  expect(vector.split(' ')[0].split(',').length).toBe(255);
});

it('PostgreSQL: a word that stands in more places than are kept is said, so that phrases with it are still found', () => {
  expect(vectorOf(Array<string>(255).fill('zwof'))).not.toContain('zzlong');
  expect(vectorOf(Array<string>(256).fill('zwof'))).toContain(' zzlong:');
});

it('MySQL: a phrase, and a last word that goes on beside it', () => {
  expect([term(['zwa']), term(['zwa'], true), term(['zwa', 'zwb'])].map(booleanOf)).toEqual([
    '+zwa',
    '+zwa*',
    '+"zwa zwb"',
  ]);
  expect(booleanOf(term(['zwa', 'zwb', 'zwc'], true))).toBe('+"zwa zwb" +zwc*');
});

it('SQLite: phrases in quotes, so that no word is an operator', () => {
  expect(phraseOf(term(['zwnear', 'zwor'], true))).toBe('"zwnear zwor" *');
});

it('a word with other characters is never put into a statement', () => {
  for (const word of ["zw'", 'zw"', 'zw a', 'ZW', '', 'zw*', 'zw)'])
    for (const write of [queryOf, (terms: never[]) => terms.map(booleanOf), (terms: never[]) => terms.map(phraseOf)])
      expect(() => write([term([word])] as never)).toThrow('characters that it may not have');
  expect(() => vectorOf(["a'b"])).toThrow('characters that it may not have');
});
