import { isDeepStrictEqual } from 'node:util';
import { seeded } from '../../../../../sim/random';
import { quickMessage } from '../quick-message';
import type { Answer } from '../quick-parse';
import { fetchLine, load, type Parse } from './fetch-lines';

type Mailbox = Parameters<typeof quickMessage>[1] & { path: string; uidValidity: bigint };
type Tools = Parameters<typeof quickMessage>[2] & {
  formatMessageResponse(untagged: Answer, mailbox: Mailbox): Promise<Record<string, unknown>>;
};

const parse = load<Parse>('handler/imap-parser.js');
const tools = load<Tools>('tools.js');
const mailbox = (more = {}): Mailbox => ({ path: 'INBOX', uidValidity: 7n, ...more });
const parsed = (text: string, literals: Buffer[] = []) => parse(Buffer.from(`* 12 FETCH (${text})`), { literals });
const quick = async (text: string) => quickMessage(await parsed(text), mailbox(), tools);

/** Both answers, or the errors, and what became of the mailbox. */
async function outcome(run: () => unknown, of: Mailbox): Promise<unknown> {
  try {
    return { message: await run(), of };
  } catch (error) {
    return { error: String(error), of };
  }
}

/** False where the shortcut did not know; then it may have changed nothing. */
async function isSame(answer: Answer, before: Partial<Mailbox>): Promise<boolean> {
  const ours = mailbox(before);
  const theirs = mailbox(before);
  const our = (await outcome(() => quickMessage(answer, ours, tools), ours)) as { message?: unknown };
  const their = (await outcome(() => tools.formatMessageResponse(answer, theirs), theirs)) as {
    message?: { id?: string };
  };
  const isKnown = our.message !== null;
  if (their.message) delete their.message.id;
  if (isDeepStrictEqual(isKnown ? our : ours, isKnown ? their : mailbox(before))) return isKnown;
  throw new Error(`not what imapflow makes of ${JSON.stringify(answer)}`);
}

it('makes a message of what we ask for', async () => {
  const text =
    'UID 7 FLAGS (\\Seen \\Flagged $MailFlagBit0) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 4 MODSEQ (5) EMAILID (M1) THREADID (T1) BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1) BODY[]<0> "a" BODY[HEADER.FIELDS (A)] "b" BODY[1.MIME] "c"';
  const of = mailbox();
  const message = quickMessage(await parsed(text), of, tools);
  expect(message).toStrictEqual({
    ...{ seq: 12, uid: 7, size: 4, modseq: 5n, emailId: 'M1', threadId: 'T1', flagColor: 'orange' },
    flags: new Set(['\\Seen', '\\Flagged', '$MailFlagBit0']),
    internalDate: new Date('1996-07-17T09:44:25Z'),
    bodyStructure: { type: 'text/plain', encoding: '7bit', size: 7, lineCount: 1 },
    ...{ source: Buffer.from('a'), headers: Buffer.from('b'), bodyParts: new Map([['1.mime', Buffer.from('c')]]) },
  });
  expect(of).toMatchObject({ uidNext: 8, highestModseq: 5n });
});

it('raises what is known of the mailbox, and never lowers it', async () => {
  const of = mailbox({ uidNext: 9, highestModseq: 6n });
  quickMessage(await parsed('UID 7 MODSEQ (5)'), of, tools);
  expect(of).toMatchObject({ uidNext: 9, highestModseq: 6n });
  quickMessage(await parsed('UID 9 MODSEQ (7)'), of, tools);
  expect(of).toMatchObject({ uidNext: 10, highestModseq: 7n });
});

it.each([
  'UID 7 ENVELOPE NIL',
  'UID 7 X-NEW 1',
  'UID 7 BINARY[1] "a"',
  'Uid 7',
  '"UID" 7',
  'UID 7 BODY[HEADER (A)] "a"',
])('leaves %s to imapflow, and the mailbox alone', async (text) => {
  const of = mailbox();
  expect(quickMessage(await parsed(text), of, tools)).toBeNull();
  expect(of).toStrictEqual(mailbox());
});

it('leaves out the id, which nothing here reads', async () => {
  expect(await quick('UID 7')).not.toHaveProperty('id');
});

it('makes of anything what imapflow makes of it', async () => {
  const cases = Number(process.env.QUICK_CASES ?? 20_000);
  const random = seeded(Number(process.env.QUICK_SEED ?? 1));
  let known = 0;
  for (let at = 0; at < cases; at += 1) {
    const { line, literals } = fetchLine(random, at % 4 > 0);
    const answer = await parse(line, { literals: [...literals] }).catch(() => null);
    if (!answer) continue;
    const before = random() < 0.5 ? {} : { uidNext: 50, highestModseq: 50n };
    if (await isSame(answer, before)) known += 1;
  }
  expect(known / cases).toBeGreaterThan(0.2);
  expect(known / cases).toBeLessThan(0.9);
}, 600_000);
