import type { AccountId } from '../../mail/ids';
import { HeldClock, settled } from '../../ports/__tests__/held-clock';
import type { Background } from '../background';
import { LEASE_TTL_MS, type Beat, type LeaseKeeper } from '../lease-keeper';
import { SyncSupervisor, type SupervisorPorts } from '../sync-supervisor';

const ONE = 1 as AccountId;
const TWO = 2 as AccountId;

let clock: HeldClock;
let held: AccountId[];
let beat: () => Promise<Beat>;
let fences: Map<AccountId, number>;
let running: Set<AccountId>;
let started: AccountId[];
let poked: string[];
let supervisor: SyncSupervisor;
let released = 0;

beforeEach(async () => {
  clock = new HeldClock();
  held = [ONE, TWO];
  beat = async () => ({ held: new Map(held.map((id) => [id, fences.get(id) ?? 1])), requested: new Set() });
  fences = new Map();
  running = new Set();
  started = [];
  poked = [];
  released = 0;
  supervisor = new SyncSupervisor({
    accounts: { working: async () => held.map((id) => ({ id })) },
    leases: {
      beat: () => beat(),
      release: async () => void (released += 1),
      request: async () => undefined,
    } as unknown as LeaseKeeper,
    clock,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    background: { run: (_name: string, task: () => Promise<void>) => void task() } as unknown as Background,
    startWorker: (id: AccountId, signal: AbortSignal) => ({
      poke: (reason: string) => void poked.push(`${id} ${reason}`),
      run: () =>
        new Promise<void>((resolve) => {
          started.push(id);
          running.add(id);
          signal.addEventListener('abort', () => {
            running.delete(id);
            resolve();
          });
        }),
    }),
    wakeOutbox: () => undefined,
  } as unknown as SupervisorPorts);
  supervisor.start();
  await settled();
});
afterEach(() => supervisor.stop());

/** Beat after beat, as long as it takes. */
const pass = async (ms: number): Promise<void> => {
  for (let at = 0; at < ms; at += 1_000) {
    await clock.advance(1_000);
    await settled();
  }
};
const fails = () => Promise.reject(new Error('no database'));

it('works on what it holds, and lets go what it loses', async () => {
  expect([...running]).toEqual([ONE, TWO]);
  held = [TWO];
  await pass(11_000);
  expect([...running]).toEqual([TWO]);
});

it('goes on over a short trouble with the database', async () => {
  beat = fails;
  await pass(15_000);
  expect([...running]).toEqual([ONE, TWO]);
});

it.each([
  ['fails', fails],
  ['never answers', () => new Promise<never>(() => undefined)],
])('stops its work before its leases run out when the database %s', async (_how, trouble) => {
  beat = trouble;
  await pass(LEASE_TTL_MS - 1_000);
  expect([...running]).toEqual([]);
});

it('begins again when the database is back', async () => {
  const sound = beat;
  beat = fails;
  await pass(LEASE_TTL_MS);
  beat = sound;
  await pass(11_000);
  expect([...running]).toEqual([ONE, TWO]);
  expect(started).toEqual([ONE, TWO, ONE, TWO]);
});

it('passes wishes on, and hands everything over when it stops', async () => {
  await supervisor.wakeSync(ONE, 'pass');
  expect(poked).toEqual(['1 pass']);
  await supervisor.stop();
  expect([[...running], released]).toEqual([[], 1]);
});

it('a lease that was lost and won again between two beats begins new work: the old fence is worth nothing', async () => {
  await settled();
  const before = started.length;
  fences.set(ONE, 3);
  await pass(21_000);
  expect(started.slice(before)).toEqual([ONE]);
  expect([...running].sort()).toEqual([ONE, TWO]);
});
