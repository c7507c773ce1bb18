import { frameDocument, guessHeight } from '../frame-document';

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
});

it('a mail that uses one picture a thousand times makes no document without end', () => {
  const html = '<img src="cid:a">'.repeat(2_000);
  const document = frameDocument({ html, inlineImages: { a: 'A'.repeat(1_400_000) }, showsRemoteImages: false });
  expect(document.length).toBeLessThan(40_000_000);
  expect(document).toContain('AAAA');
});
