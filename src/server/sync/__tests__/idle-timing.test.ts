import { IdleTiming } from '../idle-timing';

const CHANGED = { kind: 'changed' } as const;

/** How long it rests after so many IDLEs that end at once and so many looks that find so much. */
function restAfter(times: number, found: number, kind: 'changed' | 'aborted' = 'changed'): number {
  const timing = new IdleTiming();
  for (let at = 0; at < times; at += 1) {
    timing.looked(found, false);
    timing.held(10, { kind });
  }
  return timing.restMs();
}

it('rests longer and longer before IDLE at a server that always says something and never has anything', () => {
  expect([1, 5, 6, 8, 1_000].map((times) => restAfter(times, 0))).toEqual([0, 0, 500, 2_000, 30_000]);
});

it('does not rest while something comes, nor for what is done here', () => {
  expect(restAfter(100, 1)).toBe(0);
  expect(restAfter(100, 0, 'aborted')).toBe(0);
});

it('forgets it when IDLE has held', () => {
  const timing = new IdleTiming();
  for (let at = 0; at < 20; at += 1) timing.held(10, CHANGED);
  expect(timing.held(600, CHANGED)).toBe(true);
  expect(timing.restMs()).toBe(0);
});

it('looks soon for a message that is counted and not shown, and not for ever', () => {
  const timing = new IdleTiming();
  const waits = Array.from({ length: 4 }, () => {
    timing.looked(0, true);
    return timing.longestMs(300_000);
  });
  expect(waits).toEqual([2_000, 10_000, 30_000, 300_000]);
});
