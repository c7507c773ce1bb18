import PostalMime from 'postal-mime';
import { Faults } from '../faults';
import { composeMailbox } from '../fill/compose';
import { asExchange, EXCHANGE_CAPABILITIES, exchangeRefusal } from '../imap/exchange-rules';
import { LineSplitter } from '../imap/line-splitter';
import { bounce } from '../smtp/bounce';
import { refusal } from '../smtp/refusals';

describe('faults', () => {
  it('are taken where they fit, after those to skip, as often as planned', () => {
    const faults = new Faults();
    faults.add({ where: 'imap', match: { stage: 'select', user: 'Bob@x.test' }, skip: 1, times: 2 });
    const take = (user: string) => faults.take('imap', { stage: 'select', user }) !== null;
    expect(['alice@x.test', 'bob@x.test', 'bob@x.test', 'bob@x.test', 'bob@x.test'].map(take)).toEqual([
      ...[false, false, true, true, false],
    ]);
    expect(faults.take('smtp', { stage: 'select', user: 'bob@x.test' })).toBeNull();
  });
});

describe('the line splitter', () => {
  const stream = Buffer.from('a1 APPEND x {5}\r\nab\r\nc FLAGS {2+}\r\n\r\n\r\na2 NOOP\r\n');
  const events = (chunkBytes: number): string[] => {
    const seen: string[] = [];
    let literal = '';
    const splitter = new LineSplitter(
      ({ text, isFirst, hasLiteral }) => {
        if (literal) seen.push(`literal ${literal}`);
        literal = '';
        seen.push(`${isFirst ? 'first' : 'rest'}${hasLiteral ? '+' : ''} ${text.trimEnd()}`);
      },
      (bytes) => (literal += JSON.stringify(bytes.toString()).slice(1, -1)),
    );
    for (let at = 0; at < stream.length; at += chunkBytes) splitter.push(stream.subarray(at, at + chunkBytes));
    return seen;
  };
  it('sees the same however the stream is cut', () => {
    const whole = events(stream.length);
    expect(whole).toEqual([
      ...[
        'first+ a1 APPEND x {5}',
        'literal ab\\r\\nc',
        'rest+  FLAGS {2+}',
        'literal \\r\\n',
        'rest ',
        'first a2 NOOP',
      ],
    ]);
    for (let size = 1; size < stream.length; size += 1) expect(events(size)).toEqual(whole);
  });
});

describe('the Exchange-like face', () => {
  it('refuses what Exchange does not have', () => {
    expect(exchangeRefusal('t', 'ENABLE', 'CONDSTORE')).toBe('t BAD Command Error. 12');
    expect(exchangeRefusal('t', 'SELECT', 'INBOX (CONDSTORE)')).toBe('t BAD Command Argument Error. 11');
    expect(exchangeRefusal('t', 'FETCH', '1:* (FLAGS) (CHANGEDSINCE 5)')).toBe('t BAD Command Argument Error. 11');
    expect(exchangeRefusal('t', 'SEARCH', 'CHARSET UTF-8 TEXT x')).toContain('BADCHARSET');
    for (const [command, args] of [
      ['SELECT', 'INBOX'],
      ['FETCH', '1:* (UID FLAGS)'],
      ['SEARCH', 'CHARSET US-ASCII ALL'],
      ['IDLE', ''],
    ])
      expect(exchangeRefusal('t', command, args)).toBeNull();
  });
  it('hides what the server behind it can do', () => {
    expect(asExchange('* CAPABILITY IMAP4rev1 CONDSTORE QRESYNC\r\n')).toBe(
      `* CAPABILITY ${EXCHANGE_CAPABILITIES.after}\r\n`,
    );
    expect(asExchange('* OK [HIGHESTMODSEQ 5] Highest\r\n')).toBeNull();
    expect(asExchange('* 3 EXISTS\r\n')).toBe('* 3 EXISTS\r\n');
    expect(`${EXCHANGE_CAPABILITIES.before} ${EXCHANGE_CAPABILITIES.after}`).not.toMatch(
      /CONDSTORE|QRESYNC|SPECIAL-USE|ESEARCH/,
    );
  });
});

describe('SMTP', () => {
  it('refuses in the words of Exchange', () => {
    expect(refusal('sendAs', { user: 'a@x', from: 'b@x' })).toMatchObject({
      responseCode: 554,
      message: expect.stringContaining('a@x not allowed to send as b@x'),
    });
  });
  it('bounces with a report that programs can read (RFC 3464)', async () => {
    const original = Buffer.from('Subject: Lost\r\nMessage-ID: <1@x>\r\n\r\nbody');
    const mail = await PostalMime.parse(bounce('a@x.test', 'nobody@x.test', original));
    expect(mail).toMatchObject({ subject: 'Undeliverable: Lost', inReplyTo: '<1@x>' });
    expect(bounce('a@x.test', 'nobody@x.test', original).toString()).toContain('Status: 5.1.10');
  });
});

it('the filler writes the same mailbox for the same seed, and another for another', async () => {
  const make = (seed: number) =>
    composeMailbox(['Alice', 'alice@contoso.test'], 30, seed, new Date(Date.UTC(2026, 10, 1)));
  const text = (mails: Awaited<ReturnType<typeof make>>) =>
    mails.map(({ folder, flags, receivedAt, raw }) =>
      [folder, flags.join(), receivedAt.toISOString(), /^subject: .*/im.exec(raw.toString())?.[0]].join('|'),
    );
  const first = text(await make(1));
  expect(first.length).toBe(30);
  expect(text(await make(1))).toEqual(first);
  expect(text(await make(2))).not.toEqual(first);
});
