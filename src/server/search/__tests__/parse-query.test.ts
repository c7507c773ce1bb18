import type { MailError } from '../../errors/mail-error';
import { chooseFolders } from '../choose-folders';
import { startOf } from '../day-in-zone';
import { parseQuery, type SearchQuery } from '../parse-query';

const parse = (text: string, zone = 'UTC'): SearchQuery => parseQuery(text, zone);
const written = (text: string): string[] =>
  parse(text).terms.map(
    ({ words, isPrefix, isNegated }) => `${isNegated ? '-' : ''}${words.join('+')}${isPrefix ? '*' : ''}`,
  );
const codeOf = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    return (error as MailError).code;
  }
};

it('words may go on, phrases may not', () => {
  expect(written('Meeting "next week"')).toEqual(['zwmeeting*', 'zwnext+zwweek']);
  expect(written('“smart quotes”')).toEqual(['zwsmart+zwquotes']);
});

it('a short word is meant as it stands', () => expect(written('hr')).toEqual(['zwhr']));

it('operators look in their field, with a space or a full-width colon too', () => {
  expect(written('from:alice to: bob subject：budget filename:report.pdf')).toEqual([
    'zfalice*',
    'ztbob*',
    'zsbudget*',
    'znreport+znpdf*',
  ]);
  expect(written('FROM:"Alice Smith" cc:carol')).toEqual(['zfalice+zfsmith', 'ztcarol*']);
});

it('Chinese is looked for as neighbouring pairs, one character as a beginning', () => {
  expect(written('会议纪要')).toEqual(['zw_4f1a_8bae+zw_8bae_7eaa+zw_7eaa_8981']);
  expect(written('会')).toEqual(['zw_4f1a*']);
  expect(written('A会')).toEqual(['zwa+zw_4f1a*']);
  expect(written('会议abc')).toEqual(['zw_4f1a_8bae+zw_8bae+zwabc*']);
});

it('a minus means the opposite', () => {
  expect(written('-draft -from:bob -has:attachment')).toEqual(['-zwdraft*', '-zfbob*', '-zzattachment']);
  expect(parse('-is:unread').isUnread).toBe(false);
  expect(parse('-is:starred').isStarred).toBe(false);
});

it('what only looks like an operator is words', () => {
  expect(written('re:budget http://contoso.test/a')).toEqual(['zwre+zwbudget*', 'zwhttp+zwcontoso+zwtest+zwa']);
});

it('days begin in the time zone of whoever asks', () => {
  expect(parse('after:2026-11-26', 'Asia/Shanghai').after).toBe(Date.UTC(2026, 10, 25, 16));
  expect(parse('before:2026/3/30', 'Europe/Berlin').before).toBe(Date.UTC(2026, 2, 29, 22));
  expect(parse('before:2026').before).toBe(Date.UTC(2026, 0, 1));
  expect(parse('-before:2026').after).toBe(Date.UTC(2026, 0, 1));
  expect(parse('after:2026-01 after:2026-02').after).toBe(Date.UTC(2026, 1, 1));
});

it('a day on which clocks change begins where its midnight is', () => {
  expect(startOf('2026-03-29', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 28, 23));
  expect(startOf('2026-10-25', 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 24, 22));
  expect(startOf('2026-11-26', 'America/St_Johns')).toBe(Date.UTC(2026, 10, 26, 3, 30));
  expect(startOf('2026-02-30', 'UTC')).toBeNull();
  expect(startOf('2026-11-26', 'Nowhere/Atall')).toBe(Date.UTC(2026, 10, 26));
});

it.each(['is:green', 'has:money', 'before:yesterday', 'after:2026-13'])('“%s” is refused in words', (text) =>
  expect(codeOf(() => parse(`hello ${text}`))).toBe('EMAIL_SEARCH_TERM'),
);

it.each(['is:', 'in:""', 'label:', 'from:', 'before:'])('“%s” lacks what comes after it', (text) =>
  expect(codeOf(() => parse(`hello ${text}`))).toBe('EMAIL_SEARCH_UNFINISHED'),
);

it.each([
  ['', 'EMAIL_SEARCH_EMPTY'],
  ['   ', 'EMAIL_SEARCH_EMPTY'],
  ['!!! …', 'EMAIL_SEARCH_SIGNS'],
  ['🍜', 'EMAIL_SEARCH_SIGNS'],
  ['""', 'EMAIL_SEARCH_SIGNS'],
])('nothing to look for in “%s”', (text, code) => expect(codeOf(() => parse(text))).toBe(code));

it('an endless phrase is looked for by its beginning', () => {
  const [term] = parse('漢字'.repeat(400)).terms;
  expect(term.words.length).toBe(40);
  expect(term.isPrefix).toBe(false);
});

it('whatever is typed, words are words of the index', () => {
  const odd = `') OR 1=1 -- "zw" & | ! <-> :* \\ %_ from:' subject:";DROP TABLE" -"a*b" +x ~y NEAR(a b) \u0000`;
  for (const { words } of parse(odd).terms) for (const word of words) expect(word).toMatch(/^z[wsftnz][a-z0-9_]+$/);
});

it('takes time in proportion to the text', () => {
  const from = performance.now();
  codeOf(() => parse('from:'.repeat(100_000)));
  codeOf(() => parse('"'.repeat(100_000)));
  codeOf(() => parse('-'.repeat(100_000)));
  expect(performance.now() - from).toBeLessThan(500);
});

describe('folders', () => {
  const folders = [
    { id: 1, role: 'inbox', name: 'INBOX', path: 'INBOX' },
    { id: 2, role: 'junk', name: 'Junk Email', path: 'Junk Email' },
    { id: 3, role: 'trash', name: 'Gelöschte Elemente', path: 'Gelöschte Elemente' },
    { id: 4, role: null, name: '項目', path: 'Projekte/項目' },
  ] as unknown as Parameters<typeof chooseFolders>[1];
  const ids = (text: string): number[] => chooseFolders(parse(`x ${text}`).folders, folders).map(({ id }) => id);

  it('trash and junk are left out unless they are named', () => {
    expect(ids('')).toEqual([1, 4]);
    expect(ids('in:spam')).toEqual([2]);
    expect(ids('in:anywhere')).toEqual([1, 2, 3, 4]);
    expect(ids('-in:inbox')).toEqual([4]);
    expect(ids('in:anywhere -in:junk')).toEqual([1, 3, 4]);
  });

  it('a folder is named by its name or path', () => {
    expect(ids('in:項目')).toEqual([4]);
    expect(ids('in:"projekte/項目"')).toEqual([4]);
    expect(ids('in:"geloschte elemente"')).toEqual([3]);
    expect(codeOf(() => ids('in:nowhere'))).toBe('EMAIL_SEARCH_FOLDER');
  });
});
