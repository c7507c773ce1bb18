/** UIDs from … to …, both included. */
export interface UidRange {
  readonly from: number;
  readonly to: number;
}

/** The largest UID there can be (RFC 9051 §2.3.1.1): "no upper end". */
export const LAST_UID = 4_294_967_295;

/** A sequence-set of numbers (RFC 9051 §9) as ranges; what is none is left out. Never counted out: `1:4294967295` is one range. */
export function parseUidSet(text: string): UidRange[] {
  return text.split(',').flatMap((piece) => {
    const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(piece.trim());
    if (!match) return [];
    const [one, other] = [Number(match[1]), Number(match[2] ?? match[1])];
    const range = { from: Math.min(one, other), to: Math.max(one, other) };
    return range.from >= 1 && range.to <= LAST_UID ? [range] : [];
  });
}

/** The same UIDs in ascending ranges of which no two touch. Pure. */
export function mergeRanges(ranges: readonly UidRange[]): UidRange[] {
  const merged: UidRange[] = [];
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from <= last.to + 1) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else merged.push({ from, to });
  }
  return merged;
}

/** How many UIDs there are in merged ranges. */
export const countUids = (merged: readonly UidRange[]): number =>
  merged.reduce((sum, { from, to }) => sum + to - from + 1, 0);

/** Whether a UID lies in merged ranges; by halving, for there may be hundreds of thousands. */
export function isWithin(merged: readonly UidRange[], uid: number): boolean {
  let [low, high] = [0, merged.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { from, to } = merged[middle];
    if (uid < from) high = middle - 1;
    else if (uid > to) low = middle + 1;
    else return true;
  }
  return false;
}
