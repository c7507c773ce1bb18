import { MailError } from '../../errors/mail-error';
import type { MailboxSession } from '../../ports/session';
import { deepenFolder } from '../deepen-folder';
import { folder, sessionWith, shallowFolder } from './deepen-world';

/** Whole mails; `seen` is asked before each is given. */
const sessionThat = (seen: (nth: number) => void): MailboxSession => {
  const whole = sessionWith(() => null);
  return {
    async *contents(path: string, ids: never[]) {
      let nth = 0;
      for await (const one of whole.contents(path, ids, 'small')) {
        seen((nth += 1));
        yield one;
      }
    },
  } as unknown as MailboxSession;
};

it('of thousands that are read on end only what is asked for soon is counted', async () => {
  const world = shallowFolder(5_000);
  const counted = (): number => world.waiting.filter(({ attempts }) => attempts > 0).length;
  const read: [nth: number, counted: number, stored: number][] = [];
  const session = sessionThat((nth) => void read.push([nth, counted(), world.stored.size]));
  await deepenFolder(folder, 50, { session, store: world.store, heads: 5_000, smallBytes: 10 });
  expect(world.stored.size).toBe(5_000);
  for (const [nth, tried, stored] of read) {
    // Every try before it is made: 200 are asked for ahead of what has come.
    expect(tried + stored).toBeGreaterThanOrEqual(Math.min(5_000, nth + 199));
    // Who is killed now has counted no more than this in vain.
    expect(tried + stored).toBeLessThanOrEqual(nth + 1_200);
  }
});

it('reading goes on while the next are being counted, and waits where it would ask for what is not counted', async () => {
  const world = shallowFolder(5_000);
  let isCounting = false;
  let readMeanwhile = 0;
  let read = 0;
  const countAttempts: typeof world.store.countAttempts = async (...given) => {
    const before = read;
    isCounting = true;
    // A count that takes long: until reading stands still, however slow the machine is.
    for (let still = 0, last = read; still < 100; still = read === last ? still + 1 : 0) {
      last = read;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await world.store.countAttempts(...given);
    isCounting = false;
    readMeanwhile = Math.max(readMeanwhile, read - before);
  };
  const session = sessionThat((nth) => {
    read = nth;
    const known = world.waiting.filter(({ attempts }) => attempts > 0).length + world.stored.size;
    if (isCounting) expect(known).toBeGreaterThanOrEqual(Math.min(5_000, nth + 199));
  });
  const store = { ...world.store, countAttempts };
  await deepenFolder(folder, 50, { session, store, heads: 5_000, smallBytes: 10 });
  expect(world.stored.size).toBe(5_000);
  expect(readMeanwhile).toBeGreaterThan(100);
});

it('a count that fails ends the reading, and takes back only what was counted', async () => {
  const world = shallowFolder(5_000);
  let counts = 0;
  const countAttempts: typeof world.store.countAttempts = async (account, ids, by) => {
    if (by === 1 && (counts += 1) === 3) throw new Error('the database is gone');
    await world.store.countAttempts(account, ids, by);
  };
  const store = { ...world.store, countAttempts };
  const reading = deepenFolder(folder, 50, {
    session: sessionThat(() => undefined),
    store,
    heads: 5_000,
    smallBytes: 10,
  });
  await expect(reading).rejects.toThrow('the database is gone');
  expect(world.waiting.every(({ attempts }) => attempts === 0 || attempts === 1)).toBe(true);
  // What came was stored; of the rest only what may have been asked for stays counted.
  expect(world.stored.size).toBeGreaterThan(500);
  expect(world.waiting.filter(({ attempts }) => attempts === 1).length).toBeLessThanOrEqual(200);
});

it('where a server says that it cannot serve, what has come is not taken back with the rest', async () => {
  const world = shallowFolder(3_000);
  const whole = sessionWith(() => null);
  const session = {
    async *heads(path: string, ids: never[]) {
      let nth = 0;
      for await (const one of whole.heads(path, ids)) {
        if ((nth += 1) === 700) throw new MailError('EMAIL_FOLDER_BUSY');
        yield one;
      }
    },
  } as unknown as MailboxSession;
  const reading = deepenFolder(folder, 50, { session, store: world.store, heads: 5_000 });
  await expect(reading).rejects.toMatchObject({ code: 'EMAIL_FOLDER_BUSY' });
  expect([world.heads.size, new Set(world.waiting.map(({ attempts }) => attempts))]).toEqual([699, new Set([0])]);
});

it('what could not be counted was not tried in this pass', async () => {
  const world = shallowFolder(100);
  const countAttempts = async (): Promise<void> => {
    throw new Error('the database is gone');
  };
  const tried = new Map<number, number>();
  const ports = { session: sessionThat(() => undefined), store: { ...world.store, countAttempts }, tried };
  await expect(deepenFolder(folder, 50, { ...ports, heads: 500, smallBytes: 10 })).rejects.toThrow('the database');
  expect(tried.size).toBe(0);
});

it('a line that drops in the middle of thousands leaves only what was asked for counted', async () => {
  const world = shallowFolder(5_000);
  const session = sessionThat((nth) => {
    if (nth === 2_101) throw new MailError('EMAIL_CONNECTION_LOST');
  });
  const reading = deepenFolder(folder, 50, { session, store: world.store, heads: 5_000, smallBytes: 10 });
  await expect(reading).rejects.toMatchObject({ code: 'EMAIL_CONNECTION_LOST' });
  const tried = world.waiting.filter(({ attempts }) => attempts > 0).map(({ placementId }) => placementId);
  expect([world.stored.size, tried[0], tried.length]).toEqual([2_100, 2_101, 200]);
});

it('where there are larger ones among thousands, headers and small mails come a thousand at a time', async () => {
  const world = shallowFolder(2_500);
  for (const one of world.waiting) one.sizeBytes = one.placementId % 2 === 0 ? 9 : 10;
  const asked: string[] = [];
  const whole = sessionWith(() => null);
  const session = {
    heads: (path: string, ids: never[]) => (asked.push(`heads ${ids.length}`), whole.heads(path, ids)),
    contents: (path: string, ids: never[]) => (asked.push(`whole ${ids.length}`), whole.contents(path, ids, 'small')),
  } as unknown as MailboxSession;
  const ports = { session, store: world.store, heads: 5_000, smallBytes: 9 };
  expect(await deepenFolder(folder, 50, ports)).toBe(2_500);
  expect(asked).toEqual(['heads 500', 'whole 500', 'heads 500', 'whole 500', 'heads 250', 'whole 250']);
});
