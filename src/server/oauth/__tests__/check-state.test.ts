import type { OAuthStateRow } from '../../ports/records';
import { stateFault } from '../check-state';

const row = { usedAt: null, expiresAt: 1_000, cookieHash: 'c' } as OAuthStateRow;
it.each([
  ['a good one', row, 'c', 999, null],
  ['one nobody made', null, 'c', 0, 'EMAIL_STATE_UNKNOWN'],
  ['a used one', { ...row, usedAt: 5 }, 'c', 10, 'EMAIL_STATE_USED'],
  ['an expired one', row, 'c', 1_000, 'EMAIL_STATE_EXPIRED'],
  ["another browser's", row, 'x', 0, 'EMAIL_STATE_OTHER_BROWSER'],
  ['one without its cookie', row, null, 0, 'EMAIL_STATE_OTHER_BROWSER'],
] as const)('%s', (_name, state, cookie, now, fault) => expect(stateFault(state, cookie, now)).toBe(fault));
