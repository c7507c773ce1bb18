import type { Look, Strategy } from '../../ports/session';
import type { Mark } from './folder-cursor';

/** What SELECT said, copied: imapflow raises these numbers while it fetches. */
export interface FolderFacts {
  readonly epoch: string;
  readonly objectId: string | null;
  readonly exists: number;
  /** Some servers do not say (RFC 3501 §6.3.1 allows it). */
  readonly uidNext: number | null;
  readonly modseq: string | null;
  readonly extensions: { readonly condstore: boolean; readonly qresync: boolean };
}

export interface Choice extends Strategy {
  /** Compare every message although nothing demands it. */
  readonly sweeps: boolean;
  readonly isReborn: boolean;
}

/**
 * How to find out what changed since `mark`, and why so. Exchange Online has no CONDSTORE: `plain` is the main path, the others
 * are better where they exist (RFC 7162). Pure.
 */
export function chooseStrategy(
  facts: FolderFacts,
  mark: Mark | null,
  { depth, highestUid }: Pick<Look, 'depth' | 'highestUid'>,
): Choice {
  const first = (reason: string, isReborn = false): Choice => ({ kind: 'first', reason, sweeps: true, isReborn });
  if (mark === null) return first('never looked at');
  if (mark.epoch !== facts.epoch) return first('UIDVALIDITY is another one');
  if (facts.uidNext !== null && facts.uidNext < mark.next) return first('UIDNEXT went back', true);
  if (facts.uidNext !== null && facts.uidNext <= (highestUid ?? 0))
    return first('UIDNEXT is not above what was there', true);
  const sweeps = depth === 'everything';
  const chosen = (kind: Choice['kind'], reason: string): Choice => ({
    kind,
    reason: sweeps ? `${reason}; everything was asked for` : reason,
    sweeps,
    isReborn: false,
  });
  if (mark.exists === null) return { ...chosen('plain', 'an old cursor that has no count'), sweeps: true };
  const { condstore, qresync } = facts.extensions;
  if (!condstore || facts.modseq === null) return chosen('plain', 'the server has no CONDSTORE');
  if (mark.modseq === null) return { ...chosen('plain', 'no HIGHESTMODSEQ of the last look'), sweeps: true };
  if (BigInt(facts.modseq) < BigInt(mark.modseq))
    return { ...chosen('plain', 'HIGHESTMODSEQ went back'), sweeps: true };
  return qresync ? chosen('qresync', 'QRESYNC') : chosen('condstore', 'CONDSTORE');
}
