import type { MailError } from '../../errors/mail-error';
import { assertHeaderText, isAddress, parseRecipients, uniqueAddresses } from '../address';
import { applyChange, combineChanges, spelled } from '../flags';
import { folderRole } from '../folder-role';
import { messageId, messageIds, newMessageId } from '../message-id';
import { baseSubject, forwardSubject, replySubject } from '../subject';

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'nothing thrown';
  } catch (error) {
    return (error as MailError).code;
  }
};

it.each(['a@b.c', 'jürgen@kunde.test', "o'neil+tag@x-y.example", '用户@例子.测试', 'a@localhost'])(
  '%s is an address',
  (address) => expect(isAddress(address)).toBe(true),
);
it.each([
  '',
  'a',
  '@b.c',
  'a@',
  '"a b"@c.d',
  'a@b@c.d',
  'a b@c.d',
  'a..b@c.d',
  '.a@c.d',
  'a@-b.c',
  'a@b..c',
  '<a@b.c>',
  'a,b@c.d',
  `${'x'.repeat(65)}@c.d`,
])('“%s” is none', (address) => expect(isAddress(address)).toBe(false));

it.each(['a@b.c\r\nBcc: evil@x.y', 'a@b.c\nX: y', 'a@b.c\u0000'])(
  'refuses a line break in a recipient: %j',
  (address) => {
    expect(codeOf(() => parseRecipients([{ address }], 'to'))).toBe('EMAIL_HEADER_INVALID');
  },
);
it('refuses a line break in a display name', () =>
  expect(codeOf(() => parseRecipients([{ name: 'A\r\nBcc: e@x.y', address: 'a@b.c' }], 'to'))).toBe(
    'EMAIL_HEADER_INVALID',
  ));
it('names the recipient that is wrong', () =>
  expect(codeOf(() => parseRecipients(['not an address'], 'to'))).toBe('EMAIL_RECIPIENT_INVALID'));
it('trims, and takes plain texts too', () =>
  expect(parseRecipients([' a@b.c ', { name: ' N ', address: 'd@e.f' }], 'to')).toEqual([
    { name: '', address: 'a@b.c' },
    { name: 'N', address: 'd@e.f' },
  ]));
it('allows a tab in a header text but no other control', () => {
  expect(assertHeaderText('a\tb', 'subject')).toBe('a\tb');
  expect(codeOf(() => assertHeaderText('a\u2028b', 'subject'))).toBe('EMAIL_HEADER_INVALID');
});
it('keeps the first of every address', () =>
  expect(
    uniqueAddresses([
      { name: 'A', address: 'a@b.c' },
      { name: 'B', address: 'A@B.C' },
    ]),
  ).toEqual([{ name: 'A', address: 'a@b.c' }]));

it('reads msg-ids out of References, folded or with rubbish between', () => {
  expect(messageIds('<a@b>\r\n <c@d> (x) <a@b>')).toEqual(['a@b', 'c@d']);
  expect(messageIds('<leitl@or\r\n g> <Mon, 1 Jan> < a@b >')).toEqual(['leitl@org', 'a@b']);
  expect(messageIds(undefined)).toEqual([]);
  expect(messageIds(Array.from({ length: 300 }, (_, at) => `<${at}@x>`).join(' '))).toHaveLength(100);
});
it('takes a Message-ID without brackets', () =>
  expect([messageId('a@b'), messageId('<a@b>'), messageId('')]).toEqual(['a@b', 'a@b', null]));
it("makes a Message-ID with the sender's domain, which cannot break out", () =>
  expect(newMessageId('r', 'x@exa\r\nmple.com')).toBe('r@example.com'));

it.each([
  ['Re: Re: AW: Angebot', 'Angebot'],
  ['回复：合同', '合同'],
  ['Fwd: WG: x', 'x'],
  ['RE[2]: y', 'y'],
  ['[Acme] Project', '[Acme] Project'],
  ['Reflection', 'Reflection'],
])('base subject of %s', (subject, base) => expect(baseSubject(subject)).toBe(base));
it('adds one mark', () => expect([replySubject('RE: a'), forwardSubject('Re: a')]).toEqual(['Re: a', 'Fwd: a']));

it('combines wishes: the later wins where they touch', () => {
  const both = combineChanges({ add: ['\\Seen', '\\Flagged'], remove: [] }, { add: [], remove: ['\\Seen'] });
  expect(both).toEqual({ add: ['\\Flagged'], remove: ['\\Seen'] });
  expect([...applyChange(new Set(['\\Seen']), both)]).toEqual(['\\Flagged']);
});
it('knows the inbox by name and the others by special use', () =>
  expect([folderRole('inbox', null), folderRole('Gesendet', '\\Sent'), folderRole('x', null)]).toEqual([
    'inbox',
    'sent',
    null,
  ]));

it('system flags are the same in any case; keywords are as the server spells them', () => {
  expect([...spelled(new Set(['\\seen', '\\FLAGGED', '\\Answered', '$junk', 'Work', '\\*']))]).toEqual([
    '\\Seen',
    '\\Flagged',
    '\\Answered',
    '$junk',
    'Work',
    '\\*',
  ]);
});
