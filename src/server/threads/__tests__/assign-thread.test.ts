import type { ThreadId } from '../../mail/ids';
import { assignThread } from '../assign-thread';

/** Runs messages through the assignment as the store does: keys remembered, threads folded into the oldest. */
function threadsOf(messages: readonly string[][]): string {
  const known = new Map<string, ThreadId>();
  const threadOf: ThreadId[] = [];
  let last = 0;
  for (const ids of messages) {
    const { thread, merge } = assignThread(ids, known);
    const mine = thread ?? ((last += 1) as ThreadId);
    for (const id of ids) known.set(id, mine);
    for (const [id, other] of known) if (merge.includes(other)) known.set(id, mine);
    threadOf.push(mine);
  }
  const groups = new Map<ThreadId, string[]>();
  for (const ids of messages) {
    const thread = known.get(ids[0]) as ThreadId;
    groups.set(thread, [...(groups.get(thread) ?? []), ids[0]]);
  }
  return [...groups.values()]
    .map((group) => group.sort().join('+'))
    .sort()
    .join(' ');
}

const A = ['a'];
const B = ['b', 'a'];
const C = ['c', 'a', 'b'];
const D = ['d', 'x'];
const E = ['e', 'x', 'b'];

function* permutations<T>(list: readonly T[]): Generator<T[]> {
  if (list.length === 0) yield [];
  for (const [at, one] of list.entries())
    for (const rest of permutations(list.filter((_, other) => other !== at))) yield [one, ...rest];
}

it('ends in the same conversations whatever the order of arrival', () => {
  const results = new Set([...permutations([A, B, C, D, E, ['f']])].map(threadsOf));
  expect([...results]).toEqual(['a+b+c+d+e f']);
});

it('never joins by anything but ids', () => expect(threadsOf([['a'], ['b']])).toBe('a b'));
