import { baseSubject } from '../mail/subject';
import { sha1 } from '../messages/fingerprint';
import type { ParsedMessage } from '../ports/stores';

const MOST_NAMED = 100;

/** What of a message says where it belongs. All of it is in its row, so that old mail can be threaded again. */
export type Threadable = Pick<ParsedMessage, 'messageId' | 'inReplyTo' | 'references' | 'subject'> &
  Partial<Pick<ParsedMessage, 'threadIndex' | 'remoteThreadId'>>;

/** Edition of `threadKeys`. Whoever changes what it answers raises it, and mail of earlier editions is threaded again. */
export const THREAD_RULES_VERSION = 3;

/** An edition of the rules; tests bring their own. */
export interface ThreadRules {
  readonly version: number;
  readonly keysOf: (message: Threadable) => string[];
}

export const THREAD_RULES: ThreadRules = { version: THREAD_RULES_VERSION, keysOf: threadKeys };

/**
 * The keys by which a message joins its conversation: messages that share one belong together. They follow from the message
 * alone, so any order of arrival ends in the same conversations.
 *
 * A message is joined to what it answers (In-Reply-To, else the last of References; RFC 5322 §3.6.4) under any subject. All other
 * References join only under the same base subject: anybody can write a hundred ids of strangers' mails into that field, and
 * would fold their conversations into one for ever. Exchange's Thread-Index joins under the same base subject, too (programs copy it into
 * mails about something else), and only a mail that names no id but its own: in one that does it would link a third conversation. What the reader's own server calls one conversation (X-GM-THRID) is one. Pure but for the hash.
 */
export function threadKeys({
  messageId,
  inReplyTo,
  references,
  subject,
  threadIndex,
  remoteThreadId,
}: Threadable): string[] {
  const bare = baseSubject(subject).toLowerCase();
  const near = [messageId, inReplyTo ?? references.at(-1)];
  const named = bare ? [...near, ...references.slice(-MOST_NAMED)] : [];
  const isId = (id: string | null | undefined): id is string => Boolean(id);
  const keys = [...near.filter(isId).map(sha1), ...named.filter(isId).map((id) => sha1(`${id}\u0000${bare}`))];
  const isAnswer = [inReplyTo, ...references].some((id) => isId(id) && id !== messageId);
  // No id of a message holds U+0000 (mail/message-id.ts), so nobody can write one that is such a key.
  if (threadIndex && bare && !isAnswer) keys.push(sha1(`\u0000thread-index\u0000${threadIndex}\u0000${bare}`));
  if (remoteThreadId) keys.push(sha1(`\u0000x-gm-thrid\u0000${remoteThreadId}`));
  return [...new Set(keys)];
}
