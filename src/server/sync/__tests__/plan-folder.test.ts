import { remoteId, type RemoteId } from '../../mail/ids';
import type { FolderSlice, RemoteState } from '../../ports/session';
import type { LocalState } from '../../ports/stores';
import { isSuspicious, planSlice } from '../plan-folder';

const id = (uid: number): RemoteId => remoteId('7', uid);
const state = (uid: number, flags: string[] = [], more: Partial<RemoteState> = {}): RemoteState => ({
  id: id(uid),
  flags: new Set(flags),
  receivedAt: new Date(uid * 1_000),
  sizeBytes: uid,
  emailId: null,
  ...more,
});
const slice = (states: RemoteState[], more: Partial<FolderSlice> = {}): FolderSlice => ({
  states,
  complete: [{ from: 1, to: 1_000 }],
  gone: [],
  missing: null,
  isThrough: false,
  cursor: null,
  settled: null,
  ...more,
});
const local = (entries: [number, string[]][]) =>
  new Map<RemoteId, LocalState>(
    entries.map(([uid, flags]) => [id(uid), { flags: new Set(flags), receivedAt: uid * 1_000, sizeBytes: uid }]),
  );

it('lists what is new and forgets what is gone', () => {
  const plan = planSlice(
    local([
      [1, []],
      [2, []],
    ]),
    slice([state(2), state(3)]),
    null,
  );
  expect(plan.list.map((one) => one.id)).toEqual([id(3)]);
  expect(plan.forget).toEqual([id(1)]);
});
it('forgets only where the answer is complete, and what the server names', () => {
  const known = local([
    [1, []],
    [5, []],
    [9, []],
  ]);
  const plan = planSlice(
    known,
    slice([state(9)], {
      complete: [{ from: 4, to: 10 }],
      gone: [
        { from: 1, to: 1 },
        { from: 77, to: 4_000_000_000 },
      ],
    }),
    null,
  );
  expect([...plan.forget].sort()).toEqual([id(1), id(5)]);
  expect(planSlice(known, slice([], { complete: [] }), null).forget).toEqual([]);
});
it('sees changed flags, but not \\Recent', () => {
  const known = local([
    [1, []],
    [2, ['\\Seen']],
  ]);
  const plan = planSlice(known, slice([state(1, ['\\Seen']), state(2, ['\\Seen', '\\Recent'])]), null);
  expect(plan.setFlags.map((one) => one.id)).toEqual([id(1)]);
});
it('lists nothing older than was asked for, and follows what it knows whatever its age', () => {
  const plan = planSlice(local([[1, []]]), slice([state(1, ['\\Seen']), state(2), state(9)]), 5_000);
  expect([plan.list.map((one) => one.id), plan.setFlags.map((one) => one.id)]).toEqual([[id(9)], [id(1)]]);
});
it('takes a UID that names another message now for another message', () => {
  const other = state(1, [], { receivedAt: new Date(99_000), sizeBytes: 99 });
  expect(planSlice(local([[1, []]]), slice([other]), null)).toMatchObject({ list: [other], forget: [id(1)] });
  // Exchange estimates sizes, and may estimate again.
  const estimated = state(1, [], { sizeBytes: 99 });
  expect(planSlice(local([[1, []]]), slice([estimated]), null)).toMatchObject({ list: [], forget: [] });
});
it('mistrusts a plan that forgets more than half of what is worth mentioning', () => {
  const gone = (count: number) => Array.from({ length: count }, (_, at) => id(at + 1));
  expect(isSuspicious(30, gone(16))).toBe(true);
  expect(isSuspicious(30, gone(15))).toBe(false);
  expect(isSuspicious(1, gone(1))).toBe(false);
});
