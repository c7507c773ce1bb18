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
let givenUp: AccountId[];
/** Workers that do not hear that they should end. */
let deaf: Set<AccountId>;

beforeEach(async () => {
  clock = new HeldClock();
  held = [ONE, TWO];
  beat = async () => ({
    held: new Map(held.map((id) => [id, fences.get(id) ?? 1])),
    requested: new Set(),
    hasMore: false,
  });
  fences = new Map();
  running = new Set();
  started = [];
  poked = [];
  released = 0;
  givenUp = [];
  deaf = new Set();
  supervisor = new SyncSupervisor({
    accounts: { working: async () => held.map((id) => ({ id })) },
    leases: {
      beat: () => beat(),
      release: async () => void (released += 1),
      request: async () => undefined,
      giveUp: async (ids: AccountId[]) => void givenUp.push(...ids),
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
            if (deaf.has(id)) return;
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

it('a worker that has not ended yet gets no second one under the same fence: the lease is let go for a new one', async () => {
  const sound = beat;
  deaf.add(ONE);
  beat = fails;
  await pass(LEASE_TTL_MS - 5_000);
  beat = sound;
  await pass(11_000);
  expect(started.filter((id) => id === ONE)).toHaveLength(1);
  expect(givenUp).toContain(ONE);
  expect(started.filter((id) => id === TWO)).toHaveLength(2);
  fences.set(ONE, 2);
  await pass(11_000);
  expect(started.filter((id) => id === ONE)).toHaveLength(2);
});

it('a beat that was under way when it stopped hands over again what it took', async () => {
  let answer = (): void => undefined;
  const sound = beat;
  beat = () => new Promise((resolve) => (answer = () => void sound().then(resolve)));
  await pass(11_000);
  await supervisor.stop();
  answer();
  await settled();
  expect([...running]).toEqual([]);
  expect(released).toBe(2);
});

it('takes the rest of many leases soon', async () => {
  let beats = 0;
  const sound = beat;
  beat = async () => ({ ...(await sound()), hasMore: (beats += 1) < 4 });
  await pass(14_000);
  expect(beats).toBe(4);
});
