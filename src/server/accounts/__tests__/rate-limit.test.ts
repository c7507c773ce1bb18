import type { MailError } from '../../errors/mail-error';
import type { MailProvider, ProviderSettings } from '../../ports/provider';
import type { AccountRow } from '../../ports/records';
import type { TokenVault } from '../../ports/vault';
import { HeldClock, settled } from '../../ports/__tests__/held-clock';
import { ConnectGate } from '../connect-gate';
import { Connections } from '../connections';
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

it('who is called off gives the turn back, and opens nothing', async () => {
  const clock = new HeldClock();
  const gate = new ConnectGate(clock, { perSecond: 1, burst: 1 });
  const stop = new AbortController();
  let opened = 0;
  const connections = new Connections({
    provider: () => ({ openMailbox: async () => void (opened += 1) }) as unknown as MailProvider,
    settings: async () => ({ imapHost: 'a' }) as ProviderSettings,
    vault: {} as TokenVault,
    gate,
  });
  const account = { id: 1, provider: 'p', address: 'a@x.test' } as AccountRow;
  const opens = Array.from({ length: 50 }, () =>
    connections.open(account, stop.signal).catch((e: MailError) => e.code),
  );
  await settled();
  stop.abort();
  expect((await Promise.all(opens)).filter((one) => one === 'EMAIL_CONNECTION_LOST')).toHaveLength(49);
  expect(opened).toBe(1);
  let isThrough = false;
  void gate.pass('a').then(() => (isThrough = true));
  await clock.advance(1_000);
  await settled();
  expect(isThrough).toBe(true);
});
