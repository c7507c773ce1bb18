import type { WireDraft } from '../../../shared/wire';
import { beginDraft, draftReducer, isBlank, isDirty } from '../draft-state';
import { linkOf } from '../link-of';
import { formatAddress, looksLikeAddress, parseAddresses } from '../parse-addresses';

const draft: WireDraft = {
  id: 1,
  accountId: 1,
  revision: 3,
  kind: 'new',
  to: [],
  cc: [],
  bcc: [],
  subject: '',
  html: '',
  quotesOriginal: true,
  hasOriginal: false,
  uploads: [],
  updatedAt: 0,
};

it('is dirty until the save that began after the last edit has come back', () => {
  const first = draftReducer(beginDraft(draft), { type: 'edit', change: { subject: 'a' } });
  const second = draftReducer(first, { type: 'edit', change: { subject: 'ab' } });
  const saved = draftReducer(second, { type: 'saved', revision: 4, edits: 1 });
  expect([isDirty(first), isDirty(saved), saved.revision, saved.subject]).toEqual([true, true, 4, 'ab']);
  expect(isDirty(draftReducer(saved, { type: 'saved', revision: 5, edits: 2 }))).toBe(false);
});
it('an untouched answer is blank although it has recipients', () => {
  const answer = beginDraft({ ...draft, to: [{ name: '', address: 'a@b.c' }], subject: 'Re: x' });
  expect([isBlank(answer, true), isBlank(answer, false), isBlank({ ...answer, html: '<p>x</p>' }, true)]).toEqual([
    true,
    false,
    false,
  ]);
});

it('takes addresses as people paste them, and back', () => {
  const list = parseAddresses('Ann <ann@x.test>; "Doe, John" <john@x.test>,bob@x.test\n');
  expect(list).toEqual([
    { name: 'Ann', address: 'ann@x.test' },
    { name: 'Doe, John', address: 'john@x.test' },
    { name: '', address: 'bob@x.test' },
  ]);
  expect(list.map(formatAddress).flatMap(parseAddresses)).toEqual(list);
});
it.each([
  ['a@b.c', true],
  ['a@localhost', true],
  ['nobody', false],
  ['a b@c.d', false],
])('%s looks like an address: %s', (text, expected) => expect(looksLikeAddress(text)).toBe(expected));

it('takes web and mail addresses as links, and nothing that runs', () => {
  expect(linkOf(' https://a.test/x?y=1 ')).toBe('https://a.test/x?y=1');
  expect(linkOf('mailto:a@b.test')).toBe('mailto:a@b.test');
  expect(linkOf('example.com/page')).toBe('https://example.com/page');
  for (const bad of ['', 'https://', 'word', 'javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd'])
    expect([bad, linkOf(bad)]).toEqual([bad, null]);
});
