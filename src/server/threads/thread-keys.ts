import { baseSubject } from '../mail/subject';
import { sha1 } from '../messages/fingerprint';
import type { ParsedMessage } from '../ports/stores';

const MOST_NAMED = 100;

/**
 * The keys by which a message joins its conversation: messages that share one belong together. They follow from the message
 * alone, so any order of arrival ends in the same conversations.
 *
 * A message is joined to what it answers (In-Reply-To, the last of References; RFC 5322 §3.6.4) under any subject. The older
 * References join only under the same base subject: anybody can write a hundred ids of strangers' mails into that field, and
 * would fold their conversations into one for ever. Pure but for the hash.
 */
export function threadKeys({
  messageId,
  inReplyTo,
  references,
  subject,
}: Pick<ParsedMessage, 'messageId' | 'inReplyTo' | 'references' | 'subject'>): string[] {
  const bare = baseSubject(subject).toLowerCase();
  const near = [messageId, inReplyTo, references.at(-1)];
  const named = bare ? [...near, ...references.slice(-MOST_NAMED)] : [];
  const isId = (id: string | null | undefined): id is string => Boolean(id);
  const keys = [...near.filter(isId).map(sha1), ...named.filter(isId).map((id) => sha1(`${id}\u0000${bare}`))];
  return [...new Set(keys)];
}
