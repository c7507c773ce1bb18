import { MailError } from '../../errors/mail-error';
import type { AccountId, MessageId } from '../../mail/ids';
import { Rethreading } from '../rethread-account';

const ACCOUNT = 1 as AccountId;

/** A mailbox with messages 1 … `count`; batches with one of `bad` fail. */
function mailbox(count: number, bad: readonly number[], error: Error = new Error('too large')) {
  const done = new Set<number>();
  const tried: number[] = [];
  const told: number[] = [];
  const stop = new AbortController();
  const store = {
    threadedEarlier: async (_account: AccountId, after: MessageId, limit: number) =>
      Array.from({ length: count }, (_, at) => (at + 1) as MessageId)
        .filter((id) => id > after && !done.has(id))
        .slice(0, limit),
    rethread: async (_account: AccountId, seeds: readonly MessageId[]) => {
      tried.push(seeds.length);
      if (tried.length > 1_000) throw new Error('for ever');
      if (seeds.some((id) => bad.includes(id))) throw error;
      for (const id of seeds) done.add(id);
    },
  };
  const rethreading = new Rethreading((_error, messages) => void told.push(messages));
  const ports = { store, signal: stop.signal, changed: () => undefined };
  const some = (mayGoOn = () => true) => rethreading.some(ACCOUNT, ports, mayGoOn);
  return { done, tried, told, stop, store, some };
}

it('a message that cannot be threaded is left alone, and all others are threaded', async () => {
  const { done, told, tried, some } = mailbox(500, [1, 250, 251, 500]);
  expect(await some()).toBe(true);
  expect(done.size).toBe(496);
  expect(told.filter((size) => size === 1)).toHaveLength(4);
  tried.length = 0;
  expect(await some()).toBe(true);
  expect(tried).toEqual([]);
});

it('when everything fails it ends for this worker', async () => {
  const { tried, some } = mailbox(
    500,
    Array.from({ length: 500 }, (_, at) => at + 1),
  );
  expect(await some()).toBe(true);
  const before = tried.length;
  expect(before).toBeLessThan(200);
  expect(await some()).toBe(true);
  expect(tried).toHaveLength(before);
});

it('lets others go first between two tries', async () => {
  const { tried, some } = mailbox(500, [1]);
  expect(await some(() => false)).toBe(false);
  expect(tried).toEqual([200]);
});

it('a database that does not answer is asked again later', async () => {
  const { done, store, some } = mailbox(10, []);
  const ask = store.threadedEarlier;
  store.threadedEarlier = () => Promise.reject(new Error('not now'));
  expect(await some()).toBe(true);
  store.threadedEarlier = ask;
  expect(await some()).toBe(true);
  expect(done.size).toBe(10);
});

it.each(['EMAIL_LEASE_LOST', 'EMAIL_NOT_FOUND'] as const)('%s ends the worker', async (code) => {
  await expect(mailbox(5, [1], new MailError(code)).some()).rejects.toMatchObject({ code });
});
