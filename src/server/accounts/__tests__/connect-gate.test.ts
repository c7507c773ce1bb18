import { HeldClock, settled } from '../../ports/__tests__/held-clock';
import { ConnectGate } from '../connect-gate';

/** Moves time on by tenths of a second; answers how many had passed at each. */
async function opened(gate: ConnectGate, clock: HeldClock, count: number, tenths: number): Promise<number[]> {
  let passed = 0;
  for (let nth = 0; nth < count; nth += 1) void gate.pass('one.test').then(() => (passed += 1));
  const at: number[] = [];
  for (let tenth = 0; tenth <= tenths; tenth += 1) {
    await settled();
    at.push(passed);
    await clock.advance(100);
  }
  return at;
}

it('Q18: a thousand mailboxes of one host start in 98 seconds: twenty at once, then ten a second', async () => {
  const clock = new HeldClock();
  const at = await opened(new ConnectGate(clock), clock, 1_000, 980);
  expect([at[0], at[10], at[100], at[979], at[980]]).toEqual([20, 30, 120, 999, 1_000]);
}, 60_000);

it('another host has a rate of its own', async () => {
  const clock = new HeldClock();
  const gate = new ConnectGate(clock);
  for (let nth = 0; nth < 20; nth += 1) await gate.pass('one.test');
  let hasPassed = false;
  void gate.pass('one.test').then(() => (hasPassed = true));
  await gate.pass('two.test');
  await settled();
  expect(hasPassed).toBe(false);
  await clock.advance(100);
  await settled();
  expect(hasPassed).toBe(true);
});

it('who is called off gives the turn back', async () => {
  const clock = new HeldClock();
  const gate = new ConnectGate(clock);
  for (let nth = 0; nth < 20; nth += 1) await gate.pass('one.test');
  const stop = new AbortController();
  const waiting = Array.from({ length: 50 }, () => gate.pass('one.test', stop.signal));
  stop.abort();
  await Promise.all(waiting);
  let hasPassed = false;
  void gate.pass('one.test').then(() => (hasPassed = true));
  await clock.advance(100);
  await settled();
  expect(hasPassed).toBe(true);
});
