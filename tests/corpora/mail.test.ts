import type { RemoteId } from '../../src/server/mail/ids';
import { parseContent } from '../../src/server/messages/parse-message';
import type { ParsedMessage } from '../../src/server/ports/stores';
import { publicData } from '../support/corpora';

/** What three independent parsers agree on; addresses are bare, times are seconds since 1970. */
interface Facts {
  readonly subject?: string | null;
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly cc?: readonly string[];
  readonly date?: number | null;
  readonly message_id?: string | null;
  readonly in_reply_to?: readonly string[];
  readonly references?: readonly string[];
  readonly text_first_300?: string;
}
interface Case {
  readonly kind: string;
  readonly file: string;
  readonly expected?: { readonly unanimous_3?: Facts };
}
type Field = keyof Facts;

/** Share of mails, percent, in which a field must agree: what a good parser reaches on this set. */
const LEAST: Readonly<Record<Field, number>> = {
  subject: 99.9,
  from: 100,
  to: 100,
  cc: 100,
  date: 99.9,
  message_id: 100,
  // Two ids were folded in the middle: the parsers give up, and the conversations (threads.test.ts) need them.
  in_reply_to: 99.8,
  references: 100,
  text_first_300: 99.9,
};
/** We keep so much of a subject, and believe no date that lies further ahead. */
const LONGEST_SUBJECT = 3_900;
const latestDate = (): number => Date.now() / 1000 + 2 * 86_400;

const words = (text: string | null | undefined): string =>
  (text ?? '').replace(/[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+/gu, ' ').trim();
const bare = (id: string | null): string | null => id?.replace(/^<|>$/g, '') ?? null;
const sorted = (list: readonly { address: string }[]): string[] =>
  list
    .map(({ address }) => address.toLowerCase())
    .filter(Boolean)
    .sort();

/** What we read of a field, beside what is expected, in a form that can be compared. */
const READ: { readonly [K in Field]: (mail: ParsedMessage, facts: Facts) => [unknown, unknown] } = {
  subject: (mail, { subject }) => [
    words(mail.subject).slice(0, LONGEST_SUBJECT),
    words(subject).slice(0, LONGEST_SUBJECT),
  ],
  from: (mail, { from = [] }) => [
    sorted(mail.from ? [mail.from] : []),
    from.slice(0, 1).map((one) => one.toLowerCase()),
  ],
  to: (mail, { to = [] }) => [sorted(mail.to), to.map((one) => one.toLowerCase()).sort()],
  cc: (mail, { cc = [] }) => [sorted(mail.cc), cc.map((one) => one.toLowerCase()).sort()],
  date: (mail, { date = null }) => [
    mail.date && Math.floor(mail.date.getTime() / 1000),
    date !== null && date < latestDate() ? date : null,
  ],
  message_id: (mail, facts) => [bare(mail.messageId), facts.message_id],
  in_reply_to: (mail, facts) => [bare(mail.inReplyTo), facts.in_reply_to?.[0] ?? null],
  references: (mail, { references = [] }) => [mail.references.map(bare), [...new Set(references)]],
  text_first_300: (mail, facts) => {
    const expected = words(facts.text_first_300);
    return [words(mail.text).slice(0, expected.length), expected];
  },
};

const index = publicData('index.json', 'the public mail corpus');
const cases = index ? (JSON.parse(index.toString()) as { cases: Case[] }).cases : [];
const mails = cases.filter(({ kind, expected }) => kind === 'mime-message' && expected?.unanimous_3);

(index ? describe : describe.skip)('public mail', () => {
  const agreed = new Map<Field, { right: number; all: number; wrong: string[] }>();
  const unreadable: string[] = [];
  let slowestMs = 0;

  beforeAll(async () => {
    for (const { file, expected } of mails) {
      const source = publicData(file, file) ?? Buffer.alloc(0);
      const started = process.cpuUsage();
      const mail = await parseContent({
        kind: 'source',
        isCut: false,
        id: '1:1' as RemoteId,
        source,
        parts: [],
        sizeBytes: source.length,
      });
      const { user, system } = process.cpuUsage(started);
      slowestMs = Math.max(slowestMs, (user + system) / 1000);
      if (mail.errorCode) unreadable.push(file);
      const facts = expected?.unanimous_3 ?? {};
      for (const field of Object.keys(facts).filter((name): name is Field => name in READ)) {
        const [ours, theirs] = READ[field](mail, facts).map((value) => JSON.stringify(value));
        const sum = agreed.get(field) ?? { right: 0, all: 0, wrong: [] };
        agreed.set(field, sum);
        sum.all += 1;
        if (ours === theirs) sum.right += 1;
        else sum.wrong.push(`${file}: ${ours} instead of ${theirs}`);
      }
    }
  }, 120_000);

  it('every one can be read, and none takes long', () => {
    expect(mails.length).toBeGreaterThan(1_500);
    expect(unreadable).toEqual([]);
    expect(slowestMs).toBeLessThan(2_000);
  });

  it.each(Object.entries(LEAST) as [Field, number][])('%s agrees in at least %d %%', (field, least) => {
    const { right, all, wrong } = agreed.get(field) ?? { right: 0, all: 0, wrong: [] };
    expect(all).toBeGreaterThan(1_000);
    const share = (100 * right) / all;
    if (share < least) throw new Error(`${share.toFixed(2)} % of ${all}:\n${wrong.slice(0, 10).join('\n')}`);
  });
});
