import type { AccountRow } from '../../ports/records';
import { isPausedByServer, keepPause } from '../server-pause';

const NOW = 1_000_000;

it('a pause of the server holds until it is over; our own back-off is none', () => {
  const account = { errorCode: 'EMAIL_THROTTLED', notBefore: NOW + 1 } as const;
  expect(isPausedByServer(account, NOW)).toBe(true);
  expect(isPausedByServer(account, NOW + 1)).toBe(false);
  expect(isPausedByServer({ errorCode: 'EMAIL_CONNECTION_LOST', notBefore: NOW + 60_000 }, NOW)).toBe(false);
});

it.each([
  [true, ['pause']],
  [false, []],
])(
  'a pause that was heard on another connection wakes the worker only where it is news (%s)',
  async (isNews, reasons) => {
    const woken: string[] = [];
    const accounts = { pause: async (_id: number, until: number) => isNews && until === NOW };
    const wakeups = { wakeSync: async (_id: number, reason: string) => void woken.push(reason) };
    await keepPause({ accounts, wakeups }, 1 as AccountRow['id'], new Date(NOW));
    expect(woken).toEqual(reasons);
  },
);
