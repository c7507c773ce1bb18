import type { AccountId, UserId } from '../../mail/ids';
import { liveBus } from '../live-bus';

const user = 7 as UserId;
const accountId = 1 as AccountId;

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function world() {
  const sent: string[] = [];
  const bus = liveBus((to, { topic, accountId: account }) => void sent.push(`${to} ${topic} ${account}`));
  return { sent, bus };
}

it('one change is told at once, and once', () => {
  const { sent, bus } = world();
  bus.changed(user, { accountId, topic: 'mail' });
  expect(sent).toEqual(['7 mail 1']);
  jest.advanceTimersByTime(10_000);
  expect(sent).toHaveLength(1);
});

it('many changes are few messages, and the last one is told', () => {
  const { sent, bus } = world();
  for (let at = 0; at < 100; at += 1) {
    bus.changed(user, { accountId, topic: 'mail' });
    jest.advanceTimersByTime(10);
  }
  // A second of changes: the first at once, and one at the end of each quarter.
  expect(sent.length).toBeGreaterThanOrEqual(4);
  expect(sent.length).toBeLessThanOrEqual(5);
  const before = sent.length;
  bus.changed(user, { accountId, topic: 'mail' });
  jest.advanceTimersByTime(250);
  expect(sent.length).toBe(before + 1);
});

it('topics, accounts and users do not wait for each other', () => {
  const { sent, bus } = world();
  bus.changed(user, { accountId, topic: 'mail' });
  bus.changed(user, { accountId, topic: 'accounts' });
  bus.changed(user, { accountId: 2 as AccountId, topic: 'mail' });
  bus.changed(8 as UserId, { accountId, topic: 'mail' });
  expect(sent).toHaveLength(4);
});

it('a refusal says why, and two reasons do not wait for each other', () => {
  const told: unknown[] = [];
  const bus = liveBus((_to, payload) => void told.push(payload));
  bus.changed(user, { accountId, topic: 'refused', code: 'EMAIL_MOVE_REFUSED' });
  bus.changed(user, { accountId, topic: 'refused', code: 'EMAIL_CHANGE_REFUSED' });
  expect(told).toEqual([
    { topic: 'refused', accountId, code: 'EMAIL_MOVE_REFUSED' },
    { topic: 'refused', accountId, code: 'EMAIL_CHANGE_REFUSED' },
  ]);
});
