import { LAST_UID, type UidRange } from '../../ports/session';

/** What a FETCH of sequence numbers was asked for, and what came. */
export interface Window {
  /** First and last sequence number asked for. */
  readonly from: number;
  readonly to: number;
  /** Lowest UID that was compared before; null when the message above did not answer. */
  readonly above: number | null;
  readonly answered: readonly { readonly seq: number; readonly uid: number }[];
}

export interface Covered {
  readonly ranges: readonly UidRange[];
  /** The `above` of the window below. */
  readonly above: number | null;
}

/**
 * Where an answer is complete. Sequence numbers and UIDs rise together (RFC 9051 §2.3.1.2), so between two neighbours that
 * answered there is nothing; around a message that did not answer nobody knows, and nothing there may be forgotten. Pure.
 */
export function completeRanges({ from, to, above, answered }: Window): Covered {
  const uids = new Map(answered.map(({ seq, uid }) => [seq, uid]));
  const ranges: UidRange[] = [];
  let top: number | null = above === null ? null : above - 1;
  let low: number | null = above;
  const close = (): void => {
    if (top !== null && low !== null && low <= top) ranges.push({ from: low, to: top });
  };
  for (let seq = to; seq >= from; seq -= 1) {
    const uid = uids.get(seq);
    const isSound = uid !== undefined && (low === null || uid < low || seq === to);
    if (!isSound) {
      close();
      top = null;
      low = null;
      continue;
    }
    top = top === null ? uid : Math.max(top, uid);
    low = uid;
  }
  if (from === 1 && low !== null) low = 1;
  close();
  return { ranges, above: low };
}

/** A folder without messages: everything that we know there is gone. */
export const NOTHING_THERE: readonly UidRange[] = [{ from: 1, to: LAST_UID }];
