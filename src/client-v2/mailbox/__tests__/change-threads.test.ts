import type { WireThread } from '../../../shared/wire';
import { changeThreads, readAgain, type PatchChange, type ShownThreads } from '../change-threads';

const thread = (id: number, more: Partial<WireThread> = {}): WireThread =>
  ({ id, lastMessageAt: 100 - id, isStarred: false, isUnread: true, ...more }) as WireThread;
const listOf = (threads: readonly WireThread[]): ShownThreads => ({ threads, gone: [], patched: [] });
const list = listOf([1, 2, 3].map((id) => thread(id)));
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

describe('what failed', () => {
  const allRead: PatchChange = { kind: 'patch', id: null, patch: { isUnread: false } };
  const unread = (id: number): PatchChange => ({ kind: 'patch', id, patch: { isUnread: true } });
  const star: PatchChange = { kind: 'patch', id: 2, patch: { isStarred: true } };
  const mixed = listOf([thread(1), thread(2, { isUnread: false }), thread(3)]);
  const states = ({ threads }: ShownThreads) => threads.map(({ isUnread }) => isUnread);

  it('leaves each row as it was before "all read"', () => {
    const failed = changeThreads(changeThreads(mixed, allRead), { kind: 'unpatch', failed: allRead });
    expect(failed).toEqual(mixed);
  });

  it('leaves a row as it was before "unread", also where it was unread already', () => {
    for (const id of [1, 2]) {
      const change = unread(id);
      expect(changeThreads(changeThreads(mixed, change), { kind: 'unpatch', failed: change })).toEqual(mixed);
    }
  });

  it('leaves a star as it was', () => {
    const starred = listOf([thread(2, { isStarred: true })]);
    for (const before of [mixed, starred])
      expect(changeThreads(changeThreads(before, star), { kind: 'unpatch', failed: star })).toEqual(before);
  });

  it('does not touch what was done since, nor anything else of the row', () => {
    const again = unread(2);
    const done = [allRead, again, star].reduce(changeThreads, mixed);
    const failed = changeThreads(done, { kind: 'unpatch', failed: allRead });
    expect(states(failed)).toEqual([true, true, true]);
    expect(failed.threads[1].isStarred).toBe(true);
    // The second one fails, too: the row is as before the first.
    expect(states(changeThreads(failed, { kind: 'unpatch', failed: again }))).toEqual([true, false, true]);
  });

  it('does not touch rows that were read from the server since', () => {
    const shown = readAgain(changeThreads(mixed, allRead), [thread(1, { isUnread: false })]);
    expect(states(changeThreads(shown, { kind: 'unpatch', failed: allRead }))).toEqual([false, false, true]);
  });

  it('counts for a row that is out of sight, too', () => {
    const change = unread(2);
    const done = [change, { kind: 'gone', id: 2 } as const].reduce(changeThreads, mixed);
    const back = [{ kind: 'unpatch', failed: change } as const, { kind: 'back', id: 2 } as const];
    expect(back.reduce(changeThreads, done)).toEqual(mixed);
  });

  it('is nothing where the list is another one by now', () =>
    expect(changeThreads(mixed, { kind: 'unpatch', failed: allRead })).toEqual(mixed));
});
