import PostalMime from 'postal-mime';
import { cleanWrittenHtml } from '../../messages/clean-html';
import { buildMime } from '../build-mime';
import { quoteForForward, quoteForReply } from '../quote';
import { replyDraft, threadingOf, type SourceMessage } from '../reply';

const person = (address: string, name = '') => ({ name, address });
const source = (more: Partial<SourceMessage> = {}): SourceMessage => ({
  messageId: 'm@x',
  inReplyTo: null,
  references: [],
  subject: 'Hello',
  from: person('ann@x.test'),
  to: [person('me@x.test'), person('carl@x.test')],
  cc: [person('dora@x.test'), person('ME@x.test')],
  replyTo: [],
  ...more,
});

it('answers the sender, or whom the sender asks to answer', () => {
  expect(replyDraft('reply', source(), ['me@x.test'])).toMatchObject({
    to: [person('ann@x.test')],
    cc: [],
    subject: 'Re: Hello',
  });
  expect(replyDraft('reply', source({ replyTo: [person('list@x.test')] }), ['me@x.test']).to).toEqual([
    person('list@x.test'),
  ]);
});
it('answers all but oneself', () => {
  const draft = replyDraft('reply-all', source(), ['me@x.test']);
  expect(draft.to).toEqual([person('ann@x.test')]);
  expect(draft.cc.map(({ address }) => address)).toEqual(['carl@x.test', 'dora@x.test']);
});
it('an answer to a mail of one’s own goes to its recipients again', () => {
  expect(
    replyDraft('reply', source({ from: person('me@x.test'), to: [person('ann@x.test')] }), ['me@x.test']).to,
  ).toEqual([person('ann@x.test')]);
});
it('forwards to nobody yet', () =>
  expect(replyDraft('forward', source(), [])).toEqual({ to: [], cc: [], subject: 'Fwd: Hello' }));

it('continues References, and In-Reply-To where References are missing', () => {
  expect(threadingOf(source({ references: ['a', 'b'] }))).toEqual({ inReplyTo: 'm@x', references: ['a', 'b', 'm@x'] });
  expect(threadingOf(source({ inReplyTo: 'p@x' })).references).toEqual(['p@x', 'm@x']);
  expect(threadingOf(source({ messageId: null }))).toEqual({ inReplyTo: null, references: [] });
});
it('never cuts the root of a long thread', () => {
  const { references } = threadingOf(source({ references: Array.from({ length: 200 }, (_, at) => `r${at}`) }));
  expect([references.length, references[0], references.at(-1)]).toEqual([30, 'r0', 'm@x']);
});

const input = {
  messageId: 'id@x.test',
  date: new Date('2026-11-21T10:00:00Z'),
  from: person('me@x.test', 'Jürgen "J" Groß'),
  to: [person('ann@x.test', '山田')],
  cc: [],
  subject: 'Grüße 🍜',
  html: '<p>Hi<script>x()</script> <a href="javascript:y()">z</a></p>',
  quote: '',
  inReplyTo: 'p@x',
  references: ['r@x', 'p@x'],
  attachments: [
    { filename: 'Größe 見積.pdf', contentType: 'application/pdf', content: Buffer.from('PDF'), contentId: null },
  ],
};

it('builds a mail that another parser reads back, without anything that acts', async () => {
  const raw = await buildMime(input);
  const mail = await PostalMime.parse(raw);
  expect(mail).toMatchObject({
    subject: 'Grüße 🍜',
    messageId: '<id@x.test>',
    inReplyTo: '<p@x>',
    references: '<r@x> <p@x>',
  });
  expect(mail.from).toMatchObject({ name: 'Jürgen "J" Groß', address: 'me@x.test' });
  expect(mail.to?.[0]).toMatchObject({ name: '山田', address: 'ann@x.test' });
  expect(mail.attachments[0].filename).toBe('Größe 見積.pdf');
  expect(mail.html).not.toMatch(/script|javascript/);
  expect(mail.text?.trim()).toBe('Hi z');
  expect(raw.toString('latin1')).toMatch(/^X-Email-Manager-ID: id@x\.test\r$/m);
  expect(raw.toString('latin1')).not.toMatch(/[^\r]\n/);
});
it.each([
  { subject: 'a\r\nBcc: evil@x.test' },
  { inReplyTo: 'a>\r\nBcc: <evil@x.test' },
  { attachments: [{ ...input.attachments[0], filename: 'a\r\nX: y' }] },
])('refuses a line break in a header field: %j', async (more) => {
  await expect(buildMime({ ...input, ...more })).rejects.toMatchObject({ code: 'EMAIL_HEADER_INVALID' });
});

const quoted = {
  from: person('a@x.test', '<b>A</b>'),
  to: [],
  cc: [],
  subject: '<i>s</i>',
  sentAt: Date.UTC(2026, 10, 21, 9, 5),
  html: '<p onclick="x()">t<img src="cid:pic"><img src="https://x.test/p.png"></p>',
  text: null,
};
it('quotes the original cleaned, names escaped, without pictures the answer does not carry', () => {
  const html = quoteForReply(quoted);
  expect(html).toContain(
    '<div>On Sat, 21 Nov 2026 at 09:05 UTC, &#60;b&#62;A&#60;/b&#62; &#60;a@x.test&#62; wrote:</div>',
  );
  expect(html).not.toMatch(/onclick|cid:/);
  expect(quoteForForward(quoted)).toContain('&#60;i&#62;s');
});

it('a quote that is too much to be cleaned leaves the writer’s own part as it was', async () => {
  const quote = quoteForReply({ ...quoted, html: '<p>x</p>'.repeat(30_000) });
  const mail = await PostalMime.parse(await buildMime({ ...input, html: '<p>mine <b>bold</b></p>', quote }));
  expect(mail.html).toContain('<b>bold</b>');
});
it('what a user wrote is never cut in silence', () => {
  expect(() => cleanWrittenHtml(`<p>${'x'.repeat(700_000)}</p>`)).toThrow('EMAIL_MESSAGE_TOO_LARGE');
});
it('an answer leaves out names without an address', () => {
  const all = replyDraft('reply-all', source({ to: [person('', 'Nobody'), person('b@x.test')] }), []);
  expect([...all.to, ...all.cc].every(({ address }) => address)).toBe(true);
});

it('a blank line that was written is a blank line for who reads it', async () => {
  const mail = await PostalMime.parse(await buildMime({ ...input, html: '<p>a</p><p></p><p>b</p>' }));
  expect(mail.html).toContain('<p>a</p><p><br></p><p>b</p>');
  expect(mail.text).toMatch(/a\n\n+b/);
});
