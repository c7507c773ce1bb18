import MailComposer from 'nodemailer/lib/mail-composer';
import type { SeedMail } from '../imap/mail-store';
import { seeded, type Random } from './random';
import { STORIES, type Story } from './stories';

const DAY_MS = 86_400_000;
const WORDS =
  'report invoice delivery meeting budget contract timeline review draft update schedule vendor warehouse shipment agenda notes'.split(
    ' ',
  );
const PEOPLE: readonly (readonly [string, string])[] = [
  ['Olga Petrova', 'olga@client.test'],
  ['John Doe', 'john.doe@example.test'],
  ['Newsletter', 'news@partner.test'],
  ['Sofia Rossi', 'sofia@fornitore.test'],
];

/** Fills a mailbox: the stories first, then plain mail further back until there are `count` of them. Repeatable. */
export async function composeMailbox(
  owner: readonly [string, string],
  count: number,
  seed: number,
  now: Date,
): Promise<SeedMail[]> {
  const random = seeded(seed);
  const mails: SeedMail[] = [];
  for (const [index, story] of STORIES.entries()) {
    if (story.from[1] !== owner[1])
      mails.push(...(await tell(story, owner, new Date(now.getTime() - index * 0.9 * DAY_MS), seed)));
  }
  for (let index = mails.length; index < count; index += 1) mails.push(await filler(owner, index, now, random, seed));
  return mails;
}

/** One conversation: even turns come from the other person, odd ones are the owner's and lie in Sent Items. */
async function tell(story: Story, owner: readonly [string, string], end: Date, seed: number): Promise<SeedMail[]> {
  const mails: SeedMail[] = [];
  const ids = story.texts.map(
    (_, turn) => `<story-${seed}-${STORIES.indexOf(story)}-${turn}@${story.from[1].split('@')[1]}>`,
  );
  for (const [turn, text] of story.texts.entries()) {
    const isOwn = turn % 2 === 1;
    const date = new Date(end.getTime() - (story.texts.length - turn) * 3_600_000);
    const isLast = turn === story.texts.length - 1;
    const raw = await build({
      from: isOwn ? owner : story.from,
      to: isOwn ? story.from : owner,
      subject: turn === 0 ? story.subject : `Re: ${story.subject}`,
      date,
      text,
      html: turn === 0 ? story.html : undefined,
      messageId: ids[turn],
      references: ids.slice(0, turn),
      attachment: turn === 0 ? story.attachment : undefined,
    });
    mails.push({
      folder: isOwn ? 'Sent Items' : 'INBOX',
      raw,
      flags: isOwn || !isLast ? ['\\Seen'] : [],
      receivedAt: date,
    });
  }
  return mails;
}

async function filler(
  owner: readonly [string, string],
  index: number,
  now: Date,
  random: Random,
  seed: number,
): Promise<SeedMail> {
  const words = (most: number): string =>
    Array.from({ length: random.int(2, most) }, () => random.pick(WORDS)).join(' ');
  const subject = words(5);
  const date = new Date(now.getTime() - (7 + index * 0.8) * DAY_MS);
  const raw = await build({
    from: random.pick(PEOPLE),
    to: owner,
    subject: subject[0].toUpperCase() + subject.slice(1),
    date,
    text: Array.from({ length: random.int(1, 4) }, () => `${words(24)}.`).join('\n\n'),
    messageId: `<filler-${seed}-${index}@sandbox.test>`,
    references: [],
  });
  return { folder: random.chance(0.85) ? 'INBOX' : 'Archive', raw, flags: ['\\Seen'], receivedAt: date };
}

interface Mail {
  readonly from: readonly [string, string];
  readonly to: readonly [string, string];
  readonly subject: string;
  readonly date: Date;
  readonly text: string;
  readonly html?: string;
  readonly messageId: string;
  readonly references: readonly string[];
  readonly attachment?: readonly [string, string, string];
}

function build(mail: Mail): Promise<Buffer> {
  const person = ([name, address]: readonly [string, string]) => ({ name, address });
  const { attachment } = mail;
  return new MailComposer({
    from: person(mail.from),
    to: [person(mail.to)],
    subject: mail.subject,
    date: mail.date,
    text: mail.text,
    ...(mail.html ? { html: mail.html } : {}),
    messageId: mail.messageId,
    ...(mail.references.length > 0 ? { inReplyTo: mail.references.at(-1), references: [...mail.references] } : {}),
    ...(attachment
      ? { attachments: [{ filename: attachment[0], contentType: attachment[1], content: attachment[2] }] }
      : {}),
  })
    .compile()
    .build();
}
