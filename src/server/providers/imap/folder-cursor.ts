import type { FolderCursor } from '../../ports/session';

/** A comparison of the whole folder that is under way, from the newest message down. */
export interface Sweep {
  /** Messages that have not been compared yet: the sequence numbers 1 … `left`. */
  readonly left: number;
  /** Everything from this UID on has been compared; null when the message just above did not answer. */
  readonly above: number | null;
  /** Something happened above meanwhile: begin once more from the top when this one is through. */
  readonly again: boolean;
  /** Something was counted that did not answer: what is gone beside it cannot be told from it, and the folder is compared once more. */
  readonly hasHoles?: boolean;
  /** This is that once more: what does not answer this time either is the server's own. */
  readonly isRepeat?: boolean;
}

/** How the three are kept, added up. */
const BITS = { again: 1, hasHoles: 2, isRepeat: 4 } as const;
const FLAGS = Object.keys(BITS) as (keyof typeof BITS)[];

/** What the server said of a folder before we last looked into it (I1), and how far the comparison has come. */
export interface Mark {
  /** UIDVALIDITY. */
  readonly epoch: string;
  /** UIDNEXT: everything from here on is new. */
  readonly next: number;
  /** EXISTS; null in cursors written before this was kept. */
  readonly exists: number | null;
  /** HIGHESTMODSEQ (RFC 7162) in decimal, or null. */
  readonly modseq: string | null;
  readonly sweep: Sweep | null;
}

interface Stored {
  readonly v: string;
  readonly n: number;
  readonly c?: number;
  readonly m?: string;
  readonly s?: readonly [left: number, above: number, flags: number];
}

/** The one place where cursors are made (I3): JSON with short names, far below the 255 characters of its column. */
export function writeCursor({ epoch, next, exists, modseq, sweep }: Mark): FolderCursor {
  const stored: Stored = {
    v: epoch,
    n: next,
    ...(exists === null ? {} : { c: exists }),
    ...(modseq === null ? {} : { m: modseq }),
    ...(sweep === null ? {} : { s: [sweep.left, sweep.above ?? 0, bitsOf(sweep)] as const }),
  };
  return JSON.stringify(stored) as FolderCursor;
}

export function readCursor(cursor: FolderCursor | null): Mark | null {
  if (!cursor) return null;
  const { v, n, c, m, s } = JSON.parse(cursor) as Stored;
  const sweep = s ? { left: s[0], above: s[1] || null, ...flagsOf(s[2]) } : null;
  return { epoch: v, next: n, exists: c ?? null, modseq: m ?? null, sweep };
}

const bitsOf = (sweep: Sweep): number => FLAGS.reduce((sum, flag) => sum + (sweep[flag] ? BITS[flag] : 0), 0);

function flagsOf(bits: number): Pick<Sweep, 'again' | 'hasHoles' | 'isRepeat'> {
  const set = FLAGS.filter((flag) => (bits & BITS[flag]) !== 0).map((flag) => [flag, true] as const);
  return { again: false, ...Object.fromEntries(set) };
}

/**
 * Whether a message was in the count of the SELECT that a cursor holds: of its UIDVALIDITY, and below its UIDNEXT. What was moved in or
 * arrived since is not, and its leaving changes nothing of what that count lacks. Pure.
 */
export function isCounted(
  cursor: string | null,
  { uidValidity, uid }: { readonly uidValidity: string; readonly uid: number },
): boolean {
  const mark = readCursor(cursor as FolderCursor | null);
  return mark !== null && mark.epoch === uidValidity && uid < mark.next;
}
