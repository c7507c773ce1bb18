import type { RemoteId } from '../../src/server/mail/ids';
import { parseContent } from '../../src/server/messages/parse-message';
import { describeWith, publicData } from '../support/corpora';
import { READ, Tally, type Facts, type Field, type MailCase } from '../support/mail-facts';

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
const index = publicData('index.json', 'the public mail corpus');
const cases = index ? (JSON.parse(index.toString()) as { cases: MailCase[] }).cases : [];
const mails = cases.filter(({ kind, expected }) => kind === 'mime-message' && expected?.unanimous_3);

describeWith(index)('public mail', () => {
  const agreed = new Map<Field, Tally>();
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
      const facts: Facts = expected?.unanimous_3 ?? {};
      for (const field of Object.keys(facts).filter((name): name is Field => name in READ)) {
        const tally = agreed.get(field) ?? new Tally();
        agreed.set(field, tally);
        tally.count(file, ...READ[field](mail, facts));
      }
    }
  }, 120_000);

  it('every one can be read, and none takes long', () => {
    expect(mails.length).toBeGreaterThan(1_500);
    expect(unreadable).toEqual([]);
    expect(slowestMs).toBeLessThan(2_000);
  });

  it.each(Object.entries(LEAST) as [Field, number][])('%s agrees in at least %d %%', (field, least) => {
    (agreed.get(field) ?? new Tally()).expectAtLeast(least, 1_000);
  });
});
