import { cleanReceivedHtml, hasRemoteContent } from '../clean-html';
import { fingerprint } from '../fingerprint';
import { headerDigest } from '../header-digest';
import { parseContent, parseHead } from '../parse-message';
import { safeFilename } from '../safe-filename';
import { snippetOf } from '../snippet';
import { remoteId } from '../../mail/ids';

const id = remoteId('1', 1);
const read = (raw: string | Buffer) =>
  parseContent({
    kind: 'source',
    isCut: false,
    id,
    source: Buffer.isBuffer(raw) ? raw : Buffer.from(raw, 'latin1'),
    parts: null,
    sizeBytes: raw.length,
  });

it('reads addresses, groups, encoded words and ids', async () => {
  const mail = await read(
    'From: =?utf-8?B?5bGx55Sw?= <y@k.test>\r\nTo: Team: a@x.test, B <b@x.test>;\r\nSubject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\nMessage-ID: <m@x>\r\nReferences: <r@x>\r\n <p@x>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nHi',
  );
  expect(mail).toMatchObject({
    subject: 'Grüße',
    from: { name: '山田', address: 'y@k.test' },
    messageId: 'm@x',
    references: ['r@x', 'p@x'],
    text: expect.stringContaining('Hi'),
    errorCode: null,
  });
  expect(mail.to.map(({ address }) => address)).toEqual(['a@x.test', 'b@x.test']);
});
it.each([
  '',
  'Date: not a date\r\n',
  'Date: Mon, 1 Jan 1900 00:00:00 +0000\r\n',
  'Date: Fri, 1 Jan 2100 00:00:00 +0000\r\n',
])('a missing or absurd Date is null, never now: %j', async (date) => {
  expect((await read(`${date}Subject: x\r\n\r\n`)).date).toBeNull();
});
it('keeps a mail without any header', async () =>
  expect(await read('just text\r\n')).toMatchObject({ subject: '', from: null, messageId: null, date: null }));
it('keeps a mail with a charset that does not exist', async () => {
  const mail = await read('Subject: s\r\nContent-Type: text/plain; charset=x-no-such\r\n\r\nabc\xff');
  expect([mail.subject, mail.text?.slice(0, 3)]).toEqual(['s', 'abc']);
});
it('a mail whose structure is unknown says when something of it cannot be offered', async () => {
  const head = 'From: a@x.test\r\nMIME-Version: 1.0\r\n';
  const code = async (rest: string, isCut = false) => {
    const source = Buffer.from(head + rest);
    const content = {
      kind: 'source' as const,
      id: remoteId('1', 1),
      source,
      parts: null,
      isCut,
      sizeBytes: source.length,
    };
    return (await parseContent(content)).errorCode;
  };
  const file = 'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n%PDF';
  expect(await code('\r\nall of it')).toBeNull();
  expect(await code('\r\n')).toBeNull();
  expect(await code('\r\nhalf of', true)).toBe('EMAIL_MESSAGE_UNREADABLE');
  expect(await code(`Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n${file}\r\n--b--`)).toBe(
    'EMAIL_MESSAGE_UNREADABLE',
  );
  expect(await code('Content-Type: multipart/mixed; boundary=b\r\n\r\nno part at all')).toBe(
    'EMAIL_MESSAGE_UNREADABLE',
  );
});
it('stores no NUL and no lone surrogate', async () => {
  const mail = await read(
    Buffer.from('Subject: a\0b\r\nContent-Type: text/plain; charset=utf-16le\r\n\r\nx\0\0\0\x00\xd8', 'latin1'),
  );
  expect(`${mail.subject}${mail.text}`).not.toContain('\0');
  expect((mail.text ?? '').isWellFormed()).toBe(true);
});
it('a mail with a thousand nested parts keeps its header fields and says that it is unreadable', async () => {
  const open = Array.from(
    { length: 1000 },
    (_, at) => `Content-Type: multipart/mixed; boundary="b${at}"\r\n\r\n--b${at}\r\n`,
  ).join('');
  const mail = await read(
    `Subject: deep\r\nFrom: a@x.test\r\nMessage-ID: <deep@x>\r\n${open}Content-Type: text/plain\r\n\r\nbottom`,
  );
  expect(mail).toMatchObject({ subject: 'deep', messageId: 'deep@x', errorCode: 'EMAIL_MESSAGE_UNREADABLE' });
});

it.each([
  '<img src=x onerror=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="  java\tscript:alert(1)">x</a>',
  '<form action="https://evil.test"><input name=p></form>',
  '<meta http-equiv=refresh content="0;url=https://evil.test">',
  '<base href="https://evil.test/">',
  '<link rel=stylesheet href="https://evil.test/x.css">',
  '<iframe srcdoc="<script>x</script>"></iframe>',
  '<object data="data:text/html,x"></object>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
  '<a href="data:text/html,<script>x</script>">x</a>',
  '<button formaction="javascript:x">y</button>',
])('cleans %s', (html) => {
  expect(cleanReceivedHtml(html)).not.toMatch(
    /<(script|svg|math|form|input|meta|base|link|iframe|object|button)|onerror|onload|javascript:|data:text|data:image\/svg|formaction/i,
  );
});
it('keeps what a mail looks like', () => {
  const html =
    '<table bgcolor="#fff"><tr><td style="color:red">a</td></tr></table><img src="cid:x"><a href="https://x.test">l</a>';
  expect(cleanReceivedHtml(html)).toBe(
    '<table bgcolor="#fff"><tr><td style="color:red">a</td></tr></table><img src="cid:x" /><a href="https://x.test" target="_blank" rel="noopener noreferrer nofollow">l</a>',
  );
});
it.each([
  ['<img src="https://x.test/p.gif">', true],
  ['<td background=http://x.test/b.png>', true],
  ['<p style="background:url(//x.test/p)">', true],
  ['<style>@import "x"</style>', true],
  ['<img src="cid:a"><a href="https://x.test">x</a>', false],
])('%s loads from elsewhere: %s', (html, remote) => expect(hasRemoteContent(html)).toBe(remote));

it.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\x\\invoice.pdf', 'invoice.pdf'],
  ['photo\u202egpj.exe', 'photogpj.exe'],
  ['.htaccess', 'htaccess'],
  ['a.pdf . ', 'a.pdf'],
  ['', 'attachment-2.pdf'],
  ['\r\nX: y', 'X y'],
  ['見積書.csv', '見積書.csv'],
])('file name %j becomes %j', (name, safe) => expect(safeFilename(name, 'application/pdf', '2')).toBe(safe));
it('shortens long names but keeps the extension', () =>
  expect(safeFilename(`${'x'.repeat(500)}.docx`, 'a/b', '1')).toMatch(/^x{180}\.docx$/));

it('a snippet has no quoted lines, no invisible characters, and ends on a whole character', () => {
  expect(snippetOf('Hello\n> quoted\n\u200b there \u202e!')).toBe('Hello there !');
  expect([...snippetOf('🍜'.repeat(500))]).toHaveLength(200);
});

it('finds a message again in another folder by id, size and date, and only then', async () => {
  const mail = await read('Message-ID: <m@x>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nx');
  const at = (folderId: number) => ({ folderId, id, receivedAt: 1 });
  expect(fingerprint(mail, at(1))).toBe(fingerprint(mail, at(2)));
  expect(fingerprint({ ...mail, sizeBytes: 1 }, at(1))).not.toBe(fingerprint(mail, at(1)));
  const nameless = { ...mail, messageId: null };
  expect(fingerprint(nameless, at(1))).not.toBe(fingerprint(nameless, at(2)));
  expect(fingerprint(nameless, at(1))).not.toBe(fingerprint(nameless, { ...at(1), receivedAt: 2 }));
});

const quick = (work: () => unknown): number => {
  const started = performance.now();
  work();
  return performance.now() - started;
};
it.each([
  ['a million spaces after src=', () => hasRemoteContent(`<img src=${' '.repeat(1_000_000)}>`)],
  ['half a million open tags', () => cleanReceivedHtml('<b>'.repeat(500_000))],
  ['twenty thousand open tags', () => cleanReceivedHtml('<b>'.repeat(19_000))],
  ['two million characters', () => cleanReceivedHtml('x'.repeat(2_000_000))],
  ['a file name of a million dots', () => safeFilename(`${'.'.repeat(1_000_000)}x`, 'a/b', '1')],
])('%s cost no time worth mentioning', (_name, work) => expect(quick(work)).toBeLessThan(2_000));

it('cuts texts so that no half character is left', async () => {
  const mail = await read(
    Buffer.from(
      `From: ${'x'.repeat(254)}🍜🍜 <a@x.test>\r\nIn-Reply-To: <${'y'.repeat(70_000)}@x>\r\nSubject: ${'z'.repeat(3_999)}🍜\r\n\r\n`,
      'utf8',
    ),
  );
  expect(JSON.stringify(mail)).not.toMatch(/\\ud[89a-f]/i);
  expect(mail.inReplyTo).toBeNull();
});

it('comments inside an address cost no more than they weigh', () => {
  const html = `<a href="${'x'.repeat(450_000)}${'<!---->'.repeat(19_000)}">x</a>`;
  const started = process.cpuUsage();
  expect(cleanReceivedHtml(html)).toContain('>x</a>');
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1000).toBeLessThan(1_000);
});

it('many comments go, and what stands between them stays', () => {
  const html = `${'<!--[if mso]><b>no</b><![endif]--><p>yes</p>'.repeat(600)}<!-- open <p>rest</p>`;
  const cleaned = cleanReceivedHtml(html);
  expect(cleaned.match(/<p>yes<\/p>/g)).toHaveLength(600);
  expect(cleaned).not.toContain('no');
});

it('control characters in names and subjects do not come in', async () => {
  const mail = await read(
    'From: =?utf-8?q?Bob=01Evil=0Ax?= <b@x.test>\r\nSubject: =?utf-8?q?Ctl=01there=E2=80=A8x?=\r\n\r\nx',
  );
  expect([mail.from?.name, mail.subject]).toEqual(['Bob Evil x', 'Ctl there x']);
});

it('a mail that copies Message-ID, Date and size of another one is another one', async () => {
  const mail = (from: string, received: string) =>
    `Received: ${received}\r\nFrom: ${from}\r\nMessage-ID: <bill@bank>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nx`;
  const place = { folderId: 1, id, receivedAt: 1 };
  const keyOf = async (raw: string) => fingerprint(await read(raw), place);
  const genuine = mail('bank@bank.test', 'by mx1 id 1');
  expect(await keyOf(genuine)).toBe(await keyOf(genuine));
  expect(await keyOf(mail('evil@evil.test', 'by mx1 id 1'))).not.toBe(await keyOf(genuine));
  expect(await keyOf(mail('bank@bank.test', 'by mx1 id 2'))).not.toBe(await keyOf(genuine));
});

it('the digest is the same for the whole header and for some of its fields, in any order and folding', () => {
  const whole =
    'X-Other: 1\r\nSubject: a\r\n b\r\nFrom: x@y.test\r\nReceived: one\r\nReceived: two\r\n\r\nFrom: body\r\n';
  const some = 'RECEIVED: one\r\nReceived: two\r\nfrom: x@y.test\r\nSubject:  a b\r\n\r\n';
  expect(headerDigest(Buffer.from(some))).toBe(headerDigest(Buffer.from(whole)));
  expect(headerDigest(Buffer.from(some.replace('one', 'three')))).not.toBe(headerDigest(Buffer.from(whole)));
});

it('reads what Exchange and the server itself call the conversation, from a whole mail and from its header alone', async () => {
  const root = Buffer.alloc(22, 1);
  const field = Buffer.concat([root, Buffer.alloc(5)]).toString('base64');
  const header = Buffer.from(`Subject: s\r\nThread-Index: ${field.slice(0, 20)}\r\n ${field.slice(20)}\r\n\r\n`);
  const said = { threadIndex: root.toString('hex'), remoteThreadId: '1278455344230334865' };
  const content = { id, sizeBytes: 1, threadId: said.remoteThreadId };
  expect(await parseHead({ header, ...content })).toMatchObject(said);
  expect(await parseContent({ kind: 'source', source: header, parts: [], isCut: false, ...content })).toMatchObject(
    said,
  );
  expect(await parseContent({ kind: 'parts', header, texts: [], parts: [], ...content })).toMatchObject(said);
  expect(await read('Subject: s\r\n\r\n')).toMatchObject({ threadIndex: null, remoteThreadId: null });
});

describe('a header that is made to take long', () => {
  const rest = 'Subject: still here\r\nMessage-ID: <long@x>\r\n';
  it.each([
    ['a megabyte of address groups', `To: ${'g:'.repeat(450_000)}\r\n`],
    ['a megabyte of folded addresses', `To: a@x.test${',\r\n a@x.test'.repeat(80_000)}\r\n`],
    ['a line that ends in half a line end', `X-Odd: ${'a'.repeat(900_000)}\rb\r\n`],
  ])('%s', async (_what, field) => {
    const header = Buffer.from(field + rest);
    const started = performance.now();
    const message = await parseHead({ header, sizeBytes: header.length, threadId: null });
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(message).toMatchObject({ subject: 'still here', messageId: 'long@x' });
  });
});

describe('a mail that is made to cost', () => {
  const seconds = async (raw: string): Promise<number> => {
    const before = process.cpuUsage();
    await read(raw.slice(0, 192 * 1024));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000_000;
  };
  it.each([
    ['mails in mails', 'From: a@x.test\r\n' + 'Content-Type: message/rfc822\r\n\r\n'.repeat(6_000)],
    ['with a subject each', 'From: a@x.test\r\n' + 'Subject: x\r\nContent-Type: message/rfc822\r\n\r\n'.repeat(4_400)],
    ['recipients', `From: a@x.test\r\nCc: ${'a,'.repeat(90_000)}\r\n\r\nhi`],
    ['recipients, folded', `From: a@x.test\r\nCc: ${'a@b,\r\n '.repeat(22_000)}\r\n\r\nhi`],
    [
      'recipients of a mail in it',
      `From: a@x.test\r\nContent-Type: message/rfc822\r\n\r\nCc: ${'a,'.repeat(90_000)}\r\n\r\nhi`,
    ],
  ])('%s: does not hold up everything else for seconds', async (_name, raw) =>
    expect(await seconds(raw)).toBeLessThan(1),
  );

  it('keeps what it says, and a few mails in it are read with it', async () => {
    const long = await read(`From: a@x.test\r\nTo: ${'a@b.test, '.repeat(9_000)}z@b.test\r\nSubject: s\r\n\r\nhi`);
    expect([long.subject, long.text?.trim(), long.to.length]).toEqual(['s', 'hi', 1_000]);
    const inner = 'Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninnermost';
    expect((await read(`Subject: s\r\n${inner}`)).text).toContain('innermost');
  });
});
