import type { WireThread } from '../../../shared/wire';
import { changeThreads } from '../change-threads';

const thread = (id: number, more: Partial<WireThread> = {}): WireThread =>
  ({ id, lastMessageAt: 100 - id, isStarred: false, isUnread: true, ...more }) as WireThread;
const list = { threads: [1, 2, 3].map((id) => thread(id)), gone: [] };
const ids = (threads: readonly WireThread[]) => threads.map(({ id }) => id);

it('a conversation that leaves comes back to its place', () => {
  const without = changeThreads(list, { kind: 'gone', id: 2 });
  expect(ids(without.threads)).toEqual([1, 3]);
  const again = changeThreads(without, { kind: 'back', id: 2 });
  expect(ids(again.threads)).toEqual([1, 2, 3]);
  expect(again.gone).toEqual([]);
});

it('what came back by itself is not shown twice, and what never left does not come back', () => {
  const without = changeThreads(list, { kind: 'gone', id: 2 });
  expect(ids(changeThreads({ ...without, threads: list.threads }, { kind: 'back', id: 2 }).threads)).toEqual([1, 2, 3]);
  expect(changeThreads(list, { kind: 'back', id: 9 })).toEqual(list);
});

it('a star goes to one, and "all read" to all', () => {
  const starred = changeThreads(list, { kind: 'patch', id: 3, patch: { isStarred: true } });
  expect(starred.threads.map(({ isStarred }) => isStarred)).toEqual([false, false, true]);
  const read = changeThreads(list, { kind: 'patch', id: null, patch: { isUnread: false } });
  expect(read.threads.some(({ isUnread }) => isUnread)).toBe(false);
});
