import { parseContent, parseHead } from '../../messages/parse-message';
import type { Fetched, FetchedHead } from '../../ports/mail-parser';
import type { ParsedMessage } from '../../ports/stores';

/** One message to be parsed: its content or its header alone. */
export type Mail = Fetched | (FetchedHead & { readonly kind: 'head' });

type WithoutBytes<M> = M extends unknown ? Omit<M, 'source' | 'header' | 'texts'> : never;

/** A mail without its bytes, and how many of them belong to each of its pieces. */
interface Slip {
  readonly said: WithoutBytes<Mail>;
  readonly lengths: readonly number[];
}

/** What is sent to the worker: some mails, all their bytes in one buffer. */
export interface Letter {
  readonly number: number;
  readonly slips: readonly Slip[];
  readonly bytes: ArrayBuffer;
}

/** What became of a letter. */
export interface Reply {
  readonly number: number;
  /** As JSON, without texts. */
  readonly messages: string;
  /** Text, HTML and words of each message, one after the other. */
  readonly bodies: readonly (string | null)[];
}

/** What the worker says: that it can be asked, and then a reply to each letter. */
export type Answer = { readonly isReady: true } | Reply;

export const bytesOf = (mail: Mail): number => piecesOf(mail).reduce((sum, { length }) => sum + length, 0);

/**
 * Copies the bytes into a buffer of their own, to be handed over. Buffers of a socket are slices of larger ones: cloning them would copy
 * all of those, and handing them over would take them away from whoever else reads there.
 */
export function letterOf(number: number, mails: readonly Mail[]): Letter {
  const bytes = new ArrayBuffer(mails.reduce((sum, mail) => sum + bytesOf(mail), 0));
  const whole = Buffer.from(bytes);
  let at = 0;
  const slips = mails.map((mail) => {
    const pieces = piecesOf(mail);
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return { said: saidOf(mail), lengths: pieces.map(({ length }) => length) };
  });
  return { number, slips, bytes };
}

/** The mails of a letter; their buffers share its own. */
export function mailsOf({ slips, bytes }: Letter): Mail[] {
  let at = 0;
  return slips.map(({ said, lengths }) => {
    const pieces = lengths.map((length) => {
      at += length;
      return Buffer.from(bytes, at - length, length);
    });
    if (said.kind === 'source') return { ...said, source: pieces[0] };
    if (said.kind === 'head') return { ...said, header: pieces[0] };
    return { ...said, header: pieces[0], texts: pieces.slice(1) };
  });
}

/** @throws as `MailParser` */
export const parseMail = (mail: Mail): Promise<ParsedMessage> =>
  mail.kind === 'head' ? parseHead(mail) : parseContent(mail);

/**
 * JSON is read in two thirds of the time that a structured clone takes, by the thread that has more to do; but long texts are cloned in
 * far less.
 * @param messages null: could not be parsed
 */
export const replyTo = ({ number }: Letter, messages: readonly (ParsedMessage | null)[]): Reply => ({
  number,
  messages: JSON.stringify(messages.map((one) => one && { ...one, text: null, html: null, words: null })),
  bodies: messages.flatMap((one) => [one?.text ?? null, one?.html ?? null, one?.words ?? null]),
});

type OnItsWay = { -readonly [K in keyof ParsedMessage]: ParsedMessage[K] };

/** The messages of a reply, in the order of the letter. */
export function messagesOf({ messages: json, bodies }: Reply): readonly (ParsedMessage | null)[] {
  const messages = JSON.parse(json) as (OnItsWay | null)[];
  for (const [at, one] of messages.entries()) {
    if (!one) continue;
    if (one.date !== null) one.date = new Date(one.date);
    [one.text, one.html, one.words] = bodies.slice(3 * at, 3 * at + 3);
  }
  return messages;
}

function piecesOf(mail: Mail): readonly Buffer[] {
  if (mail.kind === 'source') return [mail.source];
  return mail.kind === 'parts' ? [mail.header, ...mail.texts] : [mail.header];
}

function saidOf(mail: Mail): Slip['said'] {
  if (mail.kind === 'source') {
    const { source: _, ...said } = mail;
    return said;
  }
  if (mail.kind === 'head') return { kind: 'head', sizeBytes: mail.sizeBytes, threadId: mail.threadId };
  const { header: _header, texts: _texts, ...said } = mail;
  return said;
}
