import type { MessageId, ThreadId } from '../../mail/ids';
import { seeded } from '../../../../sim/random';
import { regroup, type Grouped } from '../regroup';

const message = (id: number, threadId: number | null, ...keys: string[]): Grouped => ({
  id: id as MessageId,
  threadId: threadId as ThreadId | null,
  keys,
});
const shape = (messages: readonly Grouped[]): string[] =>
  regroup(messages).map((group) => `${group.thread}: ${group.messages.map(({ id }) => id).join('+')}`);

it('a conversation that falls apart leaves its thread to the larger part', () => {
  expect(shape([message(1, 7, 'a'), message(2, 7, 'b'), message(3, 7, 'b')])).toEqual(['null: 1', '7: 2+3']);
});

it('of parts of one size the one with the oldest message keeps it', () => {
  expect(shape([message(1, 7, 'a'), message(2, 7, 'b')])).toEqual(['7: 1', 'null: 2']);
  const crossed = [message(1, 9, 'x'), message(2, 7, 'b'), message(3, 7, 'x')];
  expect(shape(crossed)).toEqual(['9: 1+3', '7: 2']);
});

it('what joins takes the oldest thread that is its own', () => {
  expect(shape([message(1, 8, 'a'), message(2, 7, 'a')])).toEqual(['7: 1+2']);
  // Most of 7 is elsewhere: its number stays there, although the older message lies here.
  const most = [message(1, 7, 'a'), message(2, 8, 'a'), message(3, 7, 'b'), message(4, 7, 'b')];
  expect(shape(most)).toEqual(['8: 1+2', '7: 3+4']);
});

it('takes a conversation of 200,000 messages', () => {
  const all = Array.from({ length: 200_000 }, (_, at) => message(at + 1, 7, 'a'));
  expect(regroup(all)).toHaveLength(1);
});

it('never gives a number to a part that has fewer messages of that thread than another, in whatever order they come', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = seeded(seed);
    const any = (most: number): number => Math.floor(random() * most);
    const all = Array.from({ length: 1 + any(25) }, (_, at) =>
      message(at + 1, any(8) || null, `k${any(12)}`, `k${any(12) + 6}`),
    );
    const groups = regroup(all);
    const of = (group: (typeof groups)[number], thread: ThreadId): number =>
      group.messages.filter(({ threadId }) => threadId === thread).length;
    for (const { thread } of groups) {
      if (thread === null) continue;
      const mine = groups.filter((group) => group.thread === thread);
      expect(mine).toHaveLength(1);
      expect(of(mine[0], thread)).toBe(Math.max(...groups.map((group) => of(group, thread))));
    }
    expect(regroup([...all].sort(() => random() - 0.5))).toEqual(groups);
  }
});
