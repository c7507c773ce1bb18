import type { ParsedMessage } from '../../src/server/ports/stores';

/** What three independent parsers agree on; addresses are bare, times are seconds since 1970. */
export interface Facts {
  readonly subject?: string | null;
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly cc?: readonly string[];
  readonly date?: number | null;
  readonly message_id?: string | null;
  readonly in_reply_to?: readonly string[];
  readonly references?: readonly string[];
  readonly text_first_300?: string;
  readonly filenames?: readonly string[];
}
export interface MailCase {
  readonly kind: string;
  readonly file: string;
  readonly expected?: { readonly unanimous_3?: Facts };
}
export type Field = Exclude<keyof Facts, 'filenames'>;
/** What can be compared of a mail, whether it was just read or comes out of the database. */
export type ReadMail = Pick<
  ParsedMessage,
  'subject' | 'from' | 'to' | 'cc' | 'date' | 'messageId' | 'inReplyTo' | 'references' | 'text'
>;

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
export const READ: { readonly [K in Field]: (mail: ReadMail, facts: Facts) => [unknown, unknown] } = {
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

/** How often a field of many mails agrees with what is expected, and where it does not. */
export class Tally {
  private right = 0;
  private all = 0;
  private readonly wrong: string[] = [];

  count(file: string, ours: unknown, theirs: unknown): void {
    const [mine, expected] = [ours, theirs].map((value) => JSON.stringify(value));
    this.all += 1;
    if (mine === expected) this.right += 1;
    else this.wrong.push(`${file}: ${mine} instead of ${expected}`);
  }

  /** @throws with the first ten that disagree, when fewer agree than `least` percent, or there are not `many` at all */
  expectAtLeast(least: number, many: number): void {
    if (this.all < many) throw new Error(`only ${this.all} mails say something of this field`);
    if (this.share() < least) throw new Error(`${this}:\n${this.wrong.slice(0, 10).join('\n')}`);
  }

  toString(): string {
    return `${this.share().toFixed(2)} % of ${this.all}`;
  }

  private share(): number {
    return (100 * this.right) / this.all;
  }
}
