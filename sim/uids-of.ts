import type { ServerFolder } from './scripted-server';

/** UIDs of a sequence set, in ascending order. `*` is the last one, and names it even if the other end lies above. */
export function uidsOf(
  set: string,
  { folder, view }: { readonly folder: ServerFolder; readonly view: readonly number[] },
  isUid: boolean,
): number[] {
  const all = isUid ? folder.messages.map(({ uid }) => uid) : view.map((_uid, at) => at + 1);
  const last = all.at(-1) ?? 0;
  const picked = new Set<number>();
  for (const piece of set.split(',')) {
    const [a, b = a] = piece.split(':').map((end) => (end === '*' ? last : Number(end)));
    const [low, high] = a < b ? [a, b] : [b, a];
    for (const one of all) if (one >= low && one <= high) picked.add(one);
  }
  const sorted = [...picked].sort((a, b) => a - b);
  return isUid ? sorted : sorted.map((seq) => view[seq - 1]);
}
