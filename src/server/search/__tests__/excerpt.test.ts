import { excerptOf, marksIn } from '../excerpt';
import { parseQuery } from '../parse-query';

const terms = (query: string) => parseQuery(query, 'UTC').terms;
const marked = (text: string, query: string): string[] => {
  const found = excerptOf(text, terms(query));
  return (found?.marks ?? []).map(([start, end]) => (found?.text ?? '').slice(start, end));
};

it('shows the words around the first one that was found, in one line', () => {
  const found = excerptOf(`${'lorem ipsum '.repeat(50)}the\r\n\r\nKäse is ${'good '.repeat(80)}`, terms('kase'));
  expect(found?.text).toMatch(/^…[\w ]{5,40}the Käse is good .*…$/);
  expect(found?.text.length).toBeLessThanOrEqual(202);
  expect(marked('the Käse is Käsebrot', 'kase "is"')).toEqual(['Käse', 'is', 'Käsebrot']);
});

it('pairs of characters that touch are one mark', () => {
  expect(marked('请确认会议纪要。会议', '会议纪要')).toEqual(['会议纪要', '会议']);
  expect(marked('明日の会議', '会')).toEqual(['会議']);
});

it('marks neither what must not occur nor more than can be shown', () => {
  expect(marked('alpha beta', 'alpha -beta')).toEqual(['alpha']);
  expect(excerptOf('beta', terms('alpha'))).toBeNull();
  expect(marked('alpha '.repeat(1_000), 'alpha').length).toBeLessThanOrEqual(40);
});

it('cuts no character in two', () => {
  const text = `${'😀'.repeat(200)}alpha${'😀'.repeat(200)}`;
  const found = excerptOf(text, terms('alpha'));
  expect(found?.text.isWellFormed()).toBe(true);
});

it('a text that is shown whole is marked where it stands', () => {
  expect(marksIn('Re: Budget 2026', terms('budget'))).toEqual([[4, 10]]);
});
