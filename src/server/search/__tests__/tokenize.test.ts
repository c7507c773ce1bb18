import { fold, tokenize } from '../tokenize';

const words = (text: string): string[] => [...tokenize(text)].map((token) => token.text);
const code = (text: string): string =>
  text.replace(/[^a-z0-9]/g, (unit) => `_${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

it('words are found without regard to case, accents and width', () => {
  expect(words('Käse, KÄSE & cafe\u0301 ＡＢＣ１')).toEqual(['kase', 'kase', 'cafe', 'abc1']);
  expect(words('Straße Łódź Œuvre İstanbul ﬁn')).toEqual(['strasse', 'lodz', 'oeuvre', 'istanbul', 'fin']);
  expect(words('Ёлка ΌΣΟΣ')).toEqual([code('елка'), code('οσοσ')]);
});

it('an address falls into the words people type', () => {
  expect(words('alice.smith@contoso.test')).toEqual(['alice', 'smith', 'contoso', 'test']);
});

it('scripts without spaces are cut into pairs, and the last character stands alone as well', () => {
  expect(words('会议纪要')).toEqual([code('会议'), code('议纪'), code('纪要'), code('要')]);
  expect(words('メール')).toEqual([code('メー'), code('ール'), code('ル')]);
  expect(words('ﾒｰﾙ')).toEqual(words('メール'));
  expect(words('한국어')).toEqual([code('한국'), code('국어'), code('어')]);
  expect(words('ประชุม').length).toBe(6);
});

it('scripts that meet are cut where they meet', () => {
  expect(words('iPhone手机2026年')).toEqual(['iphone', code('手机'), code('机'), '2026', code('年')]);
});

it('Japanese voiced sounds are not taken for accents', () => {
  expect(words('がぎ')).not.toEqual(words('かき'));
  expect(words('か\u3099')).toEqual(words('が'));
});

it('codes consist of what every database takes for one word, and are never longer than MySQL takes', () => {
  const odd = '𠮷野家 😀 \u0000 ½ ㎏ \ud800 नमस्ते Ⅷ x'.repeat(3) + 'ж'.repeat(300) + ' ' + 'a'.repeat(300);
  for (const word of words(odd)) expect(word).toMatch(/^[a-z0-9_]{1,80}$/);
});

it('what begins a word begins its code', () => {
  const [whole] = words('совещание');
  const [begin] = words('совещ');
  expect(whole.startsWith(begin)).toBe(true);
});

it('places are those of the text that was given', () => {
  const text = 'Re: ＡＢ 会议 end';
  const found = [...tokenize(text)].map(({ start, end }) => text.slice(start, end));
  expect(found).toEqual(['Re', 'ＡＢ', '会议', '议', 'end']);
});

it('takes time in proportion to the text', () => {
  const time = (text: string): number => {
    const from = performance.now();
    for (const _ of tokenize(text)) void _;
    return performance.now() - from;
  };
  const some = '会'.repeat(20_000) + ' é'.repeat(20_000) + 'a'.repeat(20_000);
  time(some);
  expect(time(some.repeat(8))).toBeLessThan(40 * Math.max(5, time(some)));
});

it.each([
  ['accents that must be sorted', `a${'\u0315\u0300'.repeat(50_000)}`],
  ['marks of a script without spaces', `\u0e01${'\u0e48\u0e38'.repeat(50_000)}`],
])('%s cost no more than other text', (_name, text) => {
  const from = performance.now();
  expect([...tokenize(text)].length).toBeGreaterThan(0);
  expect(performance.now() - from).toBeLessThan(2_000);
});

it('a long run is cut without a seam', () => {
  const run = '会议纪要'.repeat(200);
  expect(new Set(words(run).slice(0, -1))).toEqual(new Set([code('会议'), code('议纪'), code('纪要'), code('要会')]));
  expect(words(`${'ア'.repeat(199)}ｶﾞ`).at(-1)).toBe(code('ガ'));
});

it('folding is the same when done twice', () => {
  for (const text of ['Käse', 'ßẞ', 'ﾒｰﾙ', 'İ', 'ΌΣΟΣ', '한국']) expect(fold(fold(text))).toBe(fold(text));
});
