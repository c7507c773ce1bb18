import type { FetchMessageObject, FetchQueryObject } from 'imapflow';
import type { ImapClient } from './client';

/**
 * Servers tell of flags that somebody else changes in the middle of any FETCH (RFC 9051 §7.5.2), with the UID where CONDSTORE is on (RFC 7162
 * §3.2.4), and imapflow hands such a line out like an answer. It names a message and nothing of what was asked: taken for an answer it would be a
 * mail without size, date and content. What it says is in the next look.
 */
export function isStateAnswer({ uid, size, internalDate }: FetchMessageObject): boolean {
  return Boolean(uid) && (size !== undefined || internalDate !== undefined);
}

/** The answers among what a FETCH of bodies gave, one for each message that was asked for. */
export function bodyAnswers(messages: readonly FetchMessageObject[], uids: ReadonlySet<number>): FetchMessageObject[] {
  const answers = new Map<number, FetchMessageObject>();
  for (const message of messages) {
    const isAnswer = message.size !== undefined || message.source !== undefined;
    if (isAnswer && uids.has(message.uid) && !answers.get(message.uid)?.source) answers.set(message.uid, message);
  }
  return [...answers.values()];
}

/** One message's answer that has what was asked for; null where the server sent none. */
export async function fetchAnswer(
  client: ImapClient,
  uid: number,
  query: FetchQueryObject,
  has: (answer: FetchMessageObject) => boolean,
): Promise<FetchMessageObject | null> {
  const messages = await client.fetchAll(String(uid), { ...query, uid: true }, { uid: true });
  return messages.find((message) => message.uid === uid && has(message)) ?? null;
}
