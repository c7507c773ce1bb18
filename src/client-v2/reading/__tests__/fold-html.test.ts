import { foldHtml } from '../fold-html';

const QUOTE = '<blockquote type="cite"><p>Shall we?</p></blockquote>';

it.each([
  ['NocoBase', '<p>Yes.</p><br />', `<div>On 2026-11-20 10:30 UTC, Alice wrote:</div>${QUOTE}`],
  [
    'Gmail',
    '<div>Yes.</div><br />',
    '<div class="gmail_quote"><div class="gmail_attr">On Monday Alice wrote:<br /></div><blockquote>Shall we?</blockquote></div>',
  ],
  ['Apple Mail', '<p>Yes.</p>', `${QUOTE}<br />`],
  ['Thunderbird', '<p>Yes.</p>', `<div class="moz-cite-prefix">On 20/11/26 Alice wrote:<br /></div>\n${QUOTE}`],
  [
    'Yahoo',
    'Yes.',
    '<div class="x yahoo_quoted"><div>On Monday Alice wrote:</div><div><div>Shall we?</div></div></div>',
  ],
  [
    'Outlook',
    '<div><p>Fine.</p></div>',
    '<div style="border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Alice<br /><b>Sent:</b> Monday<br /></p></div><p>Shall we?</p>',
  ],
  [
    'Outlook on the web',
    '<div>Fine.</div>',
    '<hr /><div><font><b>From:</b> Alice<br /><b>Sent:</b> Monday</font></div><div>Shall we?</div>',
  ],
  ['German Outlook', '<p>Gut.</p>', '<p><b>Von:</b> Alice<br /><b>Gesendet:</b> Montag</p><p>Wollen wir?</p>'],
  ['Chinese Outlook', '<p>好的。</p>', '<p><b>发件人:</b> 张三<br /><b>发送时间:</b> 星期一</p><p>可以吗？</p>'],
])('folds what %s quotes', (_name, own, quote) => {
  const folded = foldHtml(own + quote, 'Re: x');
  expect(folded?.startsWith(own)).toBe(true);
  expect(folded).not.toMatch(/Alice|Shall we|Wollen wir|可以吗|wrote/);
});

it.each([
  ['a mail without quotes', '<p>From: the bridge you see the river.</p>'],
  ['an answer below the quote', `${QUOTE}<p>Yes.</p>`],
  ['answers in between', `<p>First.</p>${QUOTE}<p>Second.</p>`],
  ['a picture below the quote', `<p>Yes.</p>${QUOTE}<img src="cid:1" />`],
  [
    'a bare forward',
    `<div><br /></div><div class="gmail_quote">---------- Forwarded message ---------<br />Hello</div>`,
  ],
  ['nothing', ''],
])('folds nothing of %s', (_name, html) => expect(foldHtml(html, 'Re: x')).toBeNull());

it('folds quotes in quotes as one', () => {
  const nested = `<blockquote type="cite">a${QUOTE}b</blockquote>`;
  expect(foldHtml(`<p>Yes.</p>${nested}`, 'Re: x')).toBe('<p>Yes.</p>');
});

it('takes no longer on hostile input', () => {
  const started = process.cpuUsage().user;
  for (const hostile of [
    `a${QUOTE}`.repeat(20_000),
    '<blockquote type="cite">'.repeat(40_000),
    '<b>From:</b>'.repeat(80_000),
    '<div class="'.repeat(80_000),
    '&nbsp;'.repeat(100_000),
    '<style>'.repeat(100_000),
  ])
    foldHtml(hostile, '');
  expect((process.cpuUsage().user - started) / 1000).toBeLessThan(3_000);
});

it.each([
  [
    'ours',
    'x',
    '<p>See below.</p><br /><div>---------- Forwarded message ----------<br /><b>From:</b> A<br /><b>Date:</b> B</div>',
  ],
  [
    'Gmail',
    'x',
    '<div>See below.</div><div class="gmail_quote">---------- Forwarded message ---------<br />Hello</div>',
  ],
  ['Outlook', 'FW: x', '<p>See below.</p><p><b>From:</b> Alice<br /><b>Sent:</b> Monday</p><p>Hello</p>'],
  ['German Outlook', 'WG: x', '<p>Siehe unten.</p><p><b>Von:</b> Alice<br /><b>Gesendet:</b> Montag</p><p>Hallo</p>'],
])('shows what is forwarded (%s)', (_name, subject, html) => expect(foldHtml(html, subject)).toBeNull());
