import { createHash } from 'node:crypto';
import { TELLING_FIELDS } from '../../mail/telling-fields';
import { headerDigest } from '../header-digest';

/** As the first edition told fields. What it made is stored: a mail with another digest would be another mail after its next move. */
function firstEdition(header: string): string {
  const fields = header
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, name, value] = /^([!-9;-~]+)[ \t]*:(.*)$/.exec(line) ?? [];
      const isTelling = (TELLING_FIELDS as readonly string[]).includes(name?.toLowerCase());
      return isTelling ? [`${name.toLowerCase()}:${value.replace(/[ \t]+/g, ' ').trim()}`] : [];
    });
  return createHash('sha1').update(fields.sort().join('\n'), 'latin1').digest('hex');
}

it.each([
  'Subject: a',
  'Subject : a',
  'SUBJECT\t \t: a  b\t c ',
  ' Subject: folded onto nothing',
  'Subject:\r\n a\r\n\tb',
  'Subject: a\rFrom: b',
  'Subject',
  ': nobody',
  'Sub ject: a',
  'Subject\u00a0: a',
  'Subject\u000b: a',
  'Subject: a: b: c',
  'Subject:a\nFrom:b\r\nDate:c',
  'From: \u00e4\u00f6\u00fc',
  'X-Subject: a\r\nReceived: b\r\nReceived: a',
])('%j has the digest that it always had', (header) => {
  expect(headerDigest(Buffer.from(header, 'latin1'))).toBe(firstEdition(header));
});

it('has the digest that it always had, whatever the header is made of', () => {
  const pieces = ['Subject', 'From', 'X-A', ':', ' ', '\t', '\r', '\n', '\r\n', 'a', '\u00e4', '\u000b'];
  // Numerical Recipes' generator: the same headers in every run.
  let seed = 1;
  const next = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  for (let times = 0; times < 20_000; times += 1) {
    const some = Array.from({ length: 1 + Math.floor(next() * 12) }, () => pieces[Math.floor(next() * pieces.length)]);
    // An empty line ends the block; the first edition was given the block alone.
    const header = some.join('').replace(/\n(?:\r?\n)+/g, '\n');
    expect([header, headerDigest(Buffer.from(header, 'latin1'))]).toEqual([header, firstEdition(header)]);
  }
});

it.each(['x', 'subject', ''])('a name %j with blanks without end behind it takes no time', (name) => {
  const started = performance.now();
  headerDigest(Buffer.from(`${name}a${' '.repeat(190_000)}b: x\r\n\r\n`));
  expect(performance.now() - started).toBeLessThan(300);
});
