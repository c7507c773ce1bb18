import { sameAddress, uniqueAddresses, type Address } from '../mail/address';
import { forwardSubject, replySubject } from '../mail/subject';
import type { DraftKind, MessageRow } from '../ports/records';

export type SourceMessage = Pick<
  MessageRow,
  'messageId' | 'inReplyTo' | 'references' | 'subject' | 'from' | 'to' | 'cc' | 'replyTo'
>;

export interface ReplyDraft {
  readonly to: Address[];
  readonly cc: Address[];
  readonly subject: string;
}

/**
 * Who gets an answer, and under which subject (RFC 5322 §3.6.3). Own addresses never stay among the recipients;
 * an answer to a mail of one's own goes to its recipients again.
 */
export function replyDraft(kind: Exclude<DraftKind, 'new'>, source: SourceMessage, own: readonly string[]): ReplyDraft {
  if (kind === 'forward') return { to: [], cc: [], subject: forwardSubject(source.subject) };
  // Names without an address come out of damaged fields; nobody can be answered there.
  const reachable = (list: readonly Address[]): Address[] => uniqueAddresses(list.filter(({ address }) => address));
  const isOwn = ({ address }: Address): boolean => own.some((mine) => sameAddress(mine, address));
  const wroteIt = source.from !== null && isOwn(source.from);
  const answerTo = source.replyTo.length > 0 ? source.replyTo : source.from ? [source.from] : [];
  const to = reachable(wroteIt ? source.to : answerTo);
  const subject = replySubject(source.subject);
  if (kind === 'reply') return { to, cc: [], subject };
  const others = reachable([...(wroteIt ? [] : source.to), ...source.cc]).filter((entry) => !isOwn(entry));
  const cc = others.filter((entry) => !to.some((first) => sameAddress(first.address, entry.address)));
  return { to: to.filter((entry) => wroteIt || !isOwn(entry)), cc, subject };
}

const MOST_REFERENCES = 30;

/** In-Reply-To and References of an answer (RFC 5322 §3.6.4). The first reference, the thread's root, is never cut. */
export function threadingOf(source: SourceMessage): { inReplyTo: string | null; references: string[] } {
  if (!source.messageId) return { inReplyTo: null, references: [] };
  const before = source.references.length > 0 ? source.references : source.inReplyTo ? [source.inReplyTo] : [];
  const all = [...before.filter((id) => id !== source.messageId), source.messageId];
  const references = all.length > MOST_REFERENCES ? [all[0], ...all.slice(1 - MOST_REFERENCES)] : all;
  return { inReplyTo: source.messageId, references };
}
