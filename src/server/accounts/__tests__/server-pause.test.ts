import { asSoonAsAllowed, isPausedByServer } from '../server-pause';

const NOW = 1_000_000;

it('a pause of the server holds until it is over', () => {
  const account = { errorCode: 'EMAIL_THROTTLED', notBefore: NOW + 1 } as const;
  expect(isPausedByServer(account, NOW)).toBe(true);
  expect(asSoonAsAllowed(account, NOW)).toEqual({});
  expect(isPausedByServer(account, NOW + 1)).toBe(false);
  expect(asSoonAsAllowed(account, NOW + 1)).toEqual({ notBefore: null });
});

it('our own back-off gives way to a wish', () => {
  const account = { errorCode: 'EMAIL_CONNECTION_LOST', notBefore: NOW + 60_000 } as const;
  expect(isPausedByServer(account, NOW)).toBe(false);
  expect(asSoonAsAllowed(account, NOW)).toEqual({ notBefore: null });
});
