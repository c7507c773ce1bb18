import { foldQuotes, ownWords } from '../quoted-text';

const words = (...lines: string[]) => ownWords(lines.join('\n')).replace(/\s+/g, ' ').trim();

it.each([
  ['Gmail', ['Yes.', '', 'On Fri, 20 Nov 2026 at 10:30, Alice <a@x.test> wrote:', '', '> Shall we?'], 'Yes.'],
  [
    'a broken head line',
    ['Yes.', 'On Fri, 20 Nov 2026 at 10:30, Alice Long-Name', '<a@x.test> wrote:', '> Hm?'],
    'Yes.',
  ],
  ['ours', ['Yes.', '2026-11-20 10:30 UTC, Alice:', '> Shall we?'], 'Yes.'],
  ['German', ['Ja.', 'Am 20.11.26 um 10:30 schrieb Alice:', '> Wollen wir?'], 'Ja.'],
  ['Chinese', ['好的。', '在 2026年11月20日,张三 写道：', '> 可以吗？'], '好的。'],
  ['an answer below the quote', ['On Monday Alice wrote:', '> Shall we?', 'Yes, gladly.'], 'Yes, gladly.'],
  ['answers in between', ['> One?', 'First.', '> Two?', 'Second.'], 'First. Second.'],
  ['Outlook', ['Fine.', '________________________________', 'From: Alice', 'Sent: Monday', 'Shall we?'], 'Fine.'],
  ['Outlook without a ruler', ['Fine.', '', 'From: Alice <a@x>', 'Sent: Monday', 'To: Bob', '', 'Shall we?'], 'Fine.'],
  ['Japanese Outlook', ['了解です。', '差出人: 山田', '送信日時: 2026年11月20日', '本文'], '了解です。'],
])('%s', (_name, lines, expected) => expect(words(...lines)).toBe(expected));

it('keeps a sentence that only ends with a colon', () => {
  expect(words('Please bring:', 'a pen', 'paper')).toBe('Please bring: a pen paper');
});

it('answers a bare forward whole', () => {
  expect(words('---------- Forwarded message ----------', 'From: Alice', 'Hello')).toContain('Hello');
  expect(words('> only a quote')).toBe('> only a quote');
});

it('takes no longer on hostile input', () => {
  const started = process.cpuUsage().user;
  for (const hostile of [
    '-'.repeat(50_000),
    ' '.repeat(50_000),
    'From: \n'.repeat(5_000),
    '>\nOn \n'.repeat(5_000),
    '_'.repeat(50_000) + 'x',
  ])
    void [ownWords(hostile), foldQuotes(hostile, '')];
  expect((process.cpuUsage().user - started) / 1000).toBeLessThan(500);
});

describe('what is folded', () => {
  const folded = (...lines: string[]) =>
    foldQuotes(lines.join('\n'), 'Re: x').map(({ text, isFolded }) => [text, isFolded]);
  const many = Array.from({ length: 9 }, (_none, at) => `> line ${at}`);

  it('is the quote at the end, with the line above it', () => {
    expect(folded('Yes.', '', 'On Monday Alice wrote:', '> Shall we?', '>', '> Alice', '')).toEqual([
      ['Yes.\n', false],
      ['On Monday Alice wrote:\n> Shall we?\n>\n> Alice\n', true],
    ]);
  });

  it('is everything below the head that Outlook writes', () => {
    const original = ['From: Alice', 'Sent: Monday', '', 'Shall we?'];
    expect(folded('Fine.', '', ...original)).toEqual([
      ['Fine.\n', false],
      [original.join('\n'), true],
    ]);
  });

  it('is a long quote above an answer, and no short one', () => {
    expect(folded('> Shall we?', 'Yes.')).toEqual([
      ['> Shall we?', false],
      ['Yes.', false],
    ]);
    expect(folded(...many, 'Yes.')).toEqual([
      [many.join('\n'), true],
      ['Yes.', false],
    ]);
  });

  it('is nothing of a mail that only quotes, or does not', () => {
    expect(folded(...many)).toEqual([[many.join('\n'), false]]);
    expect(folded('Hello', '', 'Bob')).toEqual([['Hello\n\nBob', false]]);
  });

  it('is nothing of what is forwarded', () => {
    const original = ['From: Alice', 'Sent: Monday', '', 'Hello'].join('\n');
    const marked = ['See below.', '', '---------- Forwarded message ----------', original].join('\n');
    expect(foldQuotes(marked, 'x')).toEqual([{ text: marked, isFolded: false }]);
    const bare = ['See below.', '', original].join('\n');
    expect(foldQuotes(bare, 'FW: x')).toEqual([{ text: bare, isFolded: false }]);
    expect(foldQuotes(bare, 'x')).toHaveLength(2);
  });

  it('loses no line', () => {
    const text = ['> a', 'b', '> c', '', 'd', '________________', 'e', ''].join('\n');
    expect(
      foldQuotes(text, '')
        .map((run) => run.text)
        .join('\n'),
    ).toBe(text);
  });
});
