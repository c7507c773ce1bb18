import { HeldClock } from '../../ports/__tests__/held-clock';
import { ConnectGate } from '../connect-gate';
import { takeToken, type Bucket } from '../rate-limit';

const RATE = { perSecond: 10, burst: 3 };

it('lets a few through at once and spaces out the rest', () => {
  let bucket: Bucket | null = null;
  const waits = Array.from({ length: 6 }, () => {
    const taken = takeToken(bucket, RATE, 1_000);
    bucket = taken.bucket;
    return taken.waitMs;
  });
  expect(waits).toEqual([0, 0, 0, 100, 200, 300]);
});
it('fills again with time, and not beyond its size', () => {
  const empty = { tokens: 0, at: 1_000 };
  expect(takeToken(empty, RATE, 1_100).waitMs).toBe(0);
  expect(takeToken(empty, RATE, 60_000).bucket.tokens).toBe(2);
});
it('Q18: connections to one host are spaced out, and every host is counted by itself', async () => {
  const clock = new HeldClock();
  const gate = new ConnectGate(clock, { perSecond: 1, burst: 1 });
  await gate.pass('a');
  await gate.pass('b');
  let isThrough = false;
  const third = gate.pass('a').then(() => (isThrough = true));
  await Promise.resolve();
  expect(isThrough).toBe(false);
  await clock.advance(1_000);
  await third;
});
