import type { FlagChange } from '../../mail/flags';
import { remoteId, type RemoteId } from '../../mail/ids';
import type { FolderCursor, FolderObservation } from '../../ports/session';
import type { LocalFolder } from '../../ports/stores';
import { isSuspicious, planFolder } from '../plan-folder';

const id = (uid: number, epoch = '7'): RemoteId => remoteId(epoch, uid);
const state = (uid: number, flags: string[] = [], epoch = '7') => ({
  id: id(uid, epoch),
  flags: new Set(flags),
  receivedAt: new Date(uid),
  sizeBytes: uid,
});
const seen = (states: ReturnType<typeof state>[], more: Partial<FolderObservation> = {}): FolderObservation => ({
  epoch: '7',
  scope: 'all',
  states,
  gone: [],
  next: 'c' as FolderCursor,
  ...more,
});
const local = (entries: [number, string[], FlagChange?][], epoch: string | null = '7'): LocalFolder => ({
  epoch,
  messages: new Map(
    entries.map(([uid, flags, intent]) => [id(uid), { flags: new Set(flags), intent: intent ?? null }]),
  ),
});

it('lists what is new and forgets what is gone', () => {
  const plan = planFolder(
    local([
      [1, []],
      [2, []],
    ]),
    seen([state(2), state(3)]),
  );
  expect(plan.list.map((one) => one.id)).toEqual([id(3)]);
  expect(plan.forget).toEqual([id(1)]);
  expect(plan.reset).toBe(false);
});

it('does not forget anything when only arrivals were asked for', () => {
  expect(planFolder(local([[1, []]]), seen([state(2)], { scope: 'since-cursor' })).forget).toEqual([]);
});

it('sees changed flags, but not \\Recent', () => {
  const plan = planFolder(
    local([
      [1, []],
      [2, ['\\Seen']],
    ]),
    seen([state(1, ['\\Seen']), state(2, ['\\Seen', '\\Recent'])]),
  );
  expect(plan.setFlags.map((one) => one.id)).toEqual([id(1)]);
});

it('starts again when UIDVALIDITY changed, and takes no old wish along', () => {
  const plan = planFolder(local([[1, [], { add: ['\\Seen'], remove: [] }]]), seen([state(1, [], '8')], { epoch: '8' }));
  expect(plan).toMatchObject({ reset: true, forget: [], push: [], commit: { epoch: '8' } });
  expect(plan.list).toHaveLength(1);
});

it('pushes wishes of messages that still exist', () => {
  const wish = { add: ['\\Seen'], remove: [] };
  const plan = planFolder(
    local([
      [1, [], wish],
      [2, [], wish],
    ]),
    seen([state(1)]),
  );
  expect(plan.push).toEqual([{ id: id(1), change: wish }]);
});

it('is a first look, not a reset, when nothing was known', () => {
  expect(planFolder(local([], null), seen([state(1)])).reset).toBe(false);
});

it('mistrusts a plan that forgets more than half of a folder worth mentioning', () => {
  const many = local(Array.from({ length: 30 }, (_, at) => [at + 1, []]));
  const gone = (count: number) => Array.from({ length: count }, (_, at) => id(at + 1));
  expect(isSuspicious(many, gone(16))).toBe(true);
  expect(isSuspicious(many, gone(15))).toBe(false);
  expect(isSuspicious(local([[1, []]]), gone(1))).toBe(false);
});
