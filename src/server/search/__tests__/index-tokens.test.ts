import type { SearchContent } from '../../ports/search';
import { indexTokens } from '../index-tokens';

const MAIL: SearchContent = {
  subject: 'Budget',
  from: [{ name: 'Alice', address: 'a@contoso.test' }],
  to: [],
  files: ['report.pdf'],
  text: 'see you',
  hasAttachments: true,
};

it('a word stands among all words, and once more in its field', () => {
  const words = indexTokens(MAIL);
  expect(words).toEqual(
    expect.arrayContaining(['zsbudget', 'zwbudget', 'zfalice', 'zwalice', 'znpdf', 'zwpdf', 'zwsee']),
  );
  expect(words).toContain('zzattachment');
  expect(words).not.toContain('ztalice');
});

it('no phrase reaches from one field into the next', () => {
  const words = indexTokens(MAIL);
  expect(words[words.indexOf('zwbudget') + 1]).toBe('zzgap');
});

it('a mail of any size stays below what a database takes', () => {
  for (const text of ['word '.repeat(1e6), '会议'.repeat(1e6), 'ж'.repeat(1e6), 'жa '.repeat(1e6)]) {
    const words = indexTokens({ ...MAIL, text });
    expect(words.reduce((sum, word) => sum + word.length, 0)).toBeLessThan(410_000);
    expect(words).toContain('zzattachment');
  }
});

it('what a very long mail quotes is left out first', () => {
  const words = indexTokens({ ...MAIL, text: `${'> quoted\n'.repeat(20_000)}own` });
  expect(words).toContain('zwown');
  expect(words).not.toContain('zwquoted');
});
