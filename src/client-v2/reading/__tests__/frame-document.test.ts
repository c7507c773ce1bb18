import { frameDocument } from '../frame-document';
import { guessHeight } from '../guess-height';

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
it('guesses a height between a few lines and most of a window', () => {
  expect(guessHeight('<p>hi</p>', 600)).toBeLessThan(140);
  expect(guessHeight('<p>x</p>'.repeat(500), 600)).toBe(720);
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
it('guesses a hostile mail in no time', () => {
  const start = process.cpuUsage();
  for (const mail of ['<'.repeat(200_000), '<!--'.repeat(50_000), '<style>'.repeat(30_000), 'padding:'.repeat(30_000)])
    guessHeight(mail, 600);
  expect(process.cpuUsage(start).user / 1_000).toBeLessThan(3_000);
});

it('a mail that uses one picture a thousand times makes no document without end', () => {
  const html = '<img src="cid:a">'.repeat(2_000);
  const document = frameDocument({ html, inlineImages: { a: 'A'.repeat(1_400_000) }, showsRemoteImages: false });
  expect(document.length).toBeLessThan(40_000_000);
  expect(document).toContain('AAAA');
});
