import type { OutboxState } from '../../ports/records';
import { isStillLookedFor, NEVER, nextOutboxState, retryDelayMs, type OutboxEvent } from '../outbox-state';

const STATES: OutboxState[] = ['queued', 'transmitting', 'sent', 'rejected', 'later', 'uncertain', 'cancelled'];

it('nothing that may have left is sent again by itself', () => {
  expect(nextOutboxState('uncertain', 'claim')).toBe('illegal');
  expect(nextOutboxState('sent', 'claim')).toBe('illegal');
  expect(nextOutboxState('transmitting', 'claim')).toBe('illegal');
});

it('a settled mail stays settled', () => {
  const events: OutboxEvent[] = ['claim', 'sent', 'rejected', 'later', 'uncertain', 'cancel', 'retry'];
  for (const state of ['sent', 'rejected', 'cancelled'] as const)
    for (const event of events) expect(nextOutboxState(state, event)).toBe('illegal');
});

it('can be taken back until it is being handed over', () => {
  expect(STATES.filter((state) => nextOutboxState(state, 'cancel') === 'cancelled')).toEqual([
    'queued',
    'later',
    'uncertain',
  ]);
});

it('tries for a day or so, then asks', () => {
  expect([1, 2, 3].map(retryDelayMs)).toEqual([30_000, 60_000, 120_000]);
  expect(retryDelayMs(12)).toBe(3_600_000);
  expect(retryDelayMs(20)).toBeNull();
});

it('an uncertain mail may be sent again only when nobody looks for it any more', () => {
  expect(isStillLookedFor({ state: 'uncertain', dueAt: 1 })).toBe(true);
  expect(isStillLookedFor({ state: 'uncertain', dueAt: NEVER })).toBe(false);
  expect(isStillLookedFor({ state: 'queued', dueAt: 1 })).toBe(false);
});
