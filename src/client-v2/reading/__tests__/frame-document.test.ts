import { frameDocument } from '../frame-document';
import { guessHeight } from '../guess-height';
import { linkParts } from '../link-parts';

const frame = (more: object = {}) =>
  frameDocument({ html: '<p>x</p>', inlineImages: {}, showsRemoteImages: false, ...more });

it('puts its policy before anything of the mail', () => {
  const text = frame({ html: '<meta http-equiv="Content-Security-Policy" content="default-src *">' });
  expect(text.indexOf("default-src 'none'")).toBeLessThan(text.indexOf('default-src *'));
});
it('loads nothing from elsewhere until the reader says so', () => {
  expect(/img-src ([^;]*)/.exec(frame())?.[1]).toBe('data:');
  expect(/img-src ([^;]*)/.exec(frame({ showsRemoteImages: true }))?.[1]).toBe('data: https: http:');
  expect(frame({ showsRemoteImages: true })).not.toMatch(/script-src|connect-src \S*http/);
});
it('shows pictures that came with the mail, and only those it was given', () => {
  const text = frame({
    html: '<img src="cid:a@x"><img src="cid:b@x">',
    inlineImages: { 'a@x': 'data:image/png;base64,AA' },
  });
  expect(text).toContain('src="data:image/png;base64,AA"');
  expect(text).toContain('src="cid:b@x"');
});
it('guesses a height between a few lines and some windows', () => {
  expect(guessHeight('<p>hi</p>', 600)).toBeLessThan(140);
  expect(guessHeight('<p>x</p>'.repeat(500), 600)).toBe(3_000);
  expect(guessHeight('', 600)).toBe(60);
});
it('guesses more for full-width letters, empty lines and pictures, nothing for empty blocks and styles', () => {
  const least = guessHeight('<div>hello</div>', 600);
  expect(guessHeight('<div>hello</div><div> </div><style>p{padding:9px}</style>', 600)).toBe(least);
  expect(guessHeight('<div>hello</div><div>&nbsp;</div>', 600)).toBeGreaterThan(least);
  expect(guessHeight('<div>hello<br><br>x</div>', 600)).toBeGreaterThan(guessHeight('<div>hello<br>x</div>', 600));
  expect(guessHeight(`<div>${'見'.repeat(400)}</div>`, 600)).toBeGreaterThan(
    guessHeight(`<div>${'a'.repeat(400)}</div>`, 600),
  );
  expect(guessHeight('<div>hello<img height="200"></div>', 600)).toBeGreaterThan(least + 150);
});
it('guesses what headings and padded tables take, measured in a browser', () => {
  const row = '<tr><td>Office chair</td><td>4</td></tr>';
  const order = `<div><h2>Your order is on its way</h2><p>Hello,</p><p>your order left our warehouse today.</p><table border="1" cellpadding="6" cellspacing="0">${row.repeat(4)}</table><p><img width="1" height="1"></p><p><a href="x">Follow your parcel</a></p></div>`;
  // 379 px of content, and no more than a line and a half to spare.
  expect(guessHeight(order, 600)).toBeGreaterThanOrEqual(379);
  expect(guessHeight(order, 600)).toBeLessThan(415);
});
it('guesses a hostile mail in no time', () => {
  const start = process.cpuUsage();
  for (const mail of [
    '<'.repeat(200_000),
    '<!--'.repeat(50_000),
    '<style>'.repeat(30_000),
    'padding:'.repeat(30_000),
    'cellpadding=1 '.repeat(150_000),
  ])
    guessHeight(mail, 600);
  expect(process.cpuUsage(start).user / 1_000).toBeLessThan(3_000);
});

it('a mail that uses one picture a thousand times makes no document without end', () => {
  const html = '<img src="cid:a">'.repeat(2_000);
  const document = frameDocument({ html, inlineImages: { a: 'A'.repeat(1_400_000) }, showsRemoteImages: false });
  expect(document.length).toBeLessThan(40_000_000);
  expect(document).toContain('AAAA');
});

it('guesses the lines of plain text that is shown as HTML', () => {
  const lines = Array.from({ length: 12 }, (_, at) => `line ${at}`).join('\n');
  const least = guessHeight(`<div>${lines.replaceAll('\n', '<br>')}</div>`, 600);
  expect(guessHeight(`<div style="white-space:pre-wrap">${lines}</div>`, 600)).toBeGreaterThanOrEqual(least);
  expect(guessHeight(`<pre>${lines}</pre>`, 600)).toBeGreaterThanOrEqual(least);
  expect(guessHeight(`<div style="white-space: pre"><div>a</div>${lines}</div><div>${lines}</div>`, 600)).toBeLessThan(
    least * 2,
  );
});

it('finds the addresses in a text, without the punctuation around them', () => {
  const found = (text: string) => linkParts(text).flatMap(({ text: shown, href }) => (href ? [[shown, href]] : []));
  expect(found('See https://ci.test/builds/5121.')).toEqual([
    ['https://ci.test/builds/5121', 'https://ci.test/builds/5121'],
  ]);
  expect(found('(www.example.com/a_(b)) or me@example.com, thanks')).toEqual([
    ['www.example.com/a_(b)', 'https://www.example.com/a_(b)'],
    ['me@example.com', 'mailto:me@example.com'],
  ]);
  expect(found('<https://x.test/?a=1&b=2>，以及 https://y.test/路。')).toEqual([
    ['https://x.test/?a=1&b=2', 'https://x.test/?a=1&b=2'],
    ['https://y.test/路', 'https://y.test/路'],
  ]);
  expect(found('javascript:alert(1) data:text/html,x file:///etc/passwd')).toEqual([]);
});

it('keeps every character of the text, and takes no time over hostile ones', () => {
  const texts = [
    '',
    'a',
    'http://',
    `http://a${'.'.repeat(50_000)}`,
    `http://a${')'.repeat(200_000)}`,
    'www.'.repeat(50_000),
    'a@'.repeat(50_000),
    `x@${'a-'.repeat(60_000)}`,
  ];
  const start = process.cpuUsage();
  for (const text of texts)
    expect(
      linkParts(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  expect(process.cpuUsage(start).user / 1_000).toBeLessThan(3_000);
});
