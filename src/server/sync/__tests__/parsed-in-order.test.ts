import { setTimeout as later } from 'node:timers/promises';
import { parsedInOrder, type Window } from '../parsed-in-order';

const of = (most: number, mostWeight = Infinity): Window<number> => ({
  most: () => most,
  mostWeight,
  weightOf: (item) => item,
});

/** What happened: what the source gave, what was begun, what came out. */
const watched = () => {
  const events: string[] = [];
  const source = async function* (count: number, error?: Error) {
    try {
      for (let item = 1; item <= count; item += 1) {
        events.push(`given ${item}`);
        yield item;
      }
      if (error) throw error;
    } finally {
      events.push('closed');
    }
  };
  return { events, source };
};

const all = async <T>(given: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const one of given) found.push(one);
  return found;
};

it('keeps the order, however long each takes', async () => {
  const { source } = watched();
  const work = async (item: number): Promise<string> => (await later((7 - item) * 5), `r${item}`);
  expect(await all(parsedInOrder(source(6), work, of(4)))).toEqual([1, 2, 3, 4, 5, 6].map((n) => [n, `r${n}`]));
});

it('has as many under way as fit, and no more', async () => {
  const { source } = watched();
  let [now, most] = [0, 0];
  const work = async (item: number): Promise<number> => {
    most = Math.max(most, (now += 1));
    await later(2);
    now -= 1;
    return item;
  };
  await all(parsedInOrder(source(20), work, of(5)));
  expect(most).toBe(5);
  most = 0;
  // 1 + 2 + 3 + 4, and with 5 it is full.
  await all(parsedInOrder(source(5), work, of(100, 15)));
  expect(most).toBe(5);
  most = 0;
  await all(parsedInOrder(source(20), work, of(100, 1)));
  expect(most).toBe(1);
});

it('with a window of one, nothing is asked for before the last was done with', async () => {
  const { events, source } = watched();
  const work = async (item: number): Promise<void> => (await later(1), void events.push(`worked ${item}`));
  for await (const [item] of parsedInOrder(source(2), work, of(1))) {
    await later(1);
    events.push(`held ${item}`);
  }
  expect(events).toEqual(['given 1', 'worked 1', 'held 1', 'given 2', 'worked 2', 'held 2', 'closed']);
});

it('what is ready goes as soon as the next is given, although the window is not full', async () => {
  const { events, source } = watched();
  const slowly = async function* () {
    for await (const item of source(3)) {
      yield item;
      await later(10);
    }
  };
  const work = async (item: number): Promise<number> => (await later(1), item);
  for await (const [item] of parsedInOrder(slowly(), work, of(64))) events.push(`held ${item}`);
  expect(events).toEqual(['given 1', 'given 2', 'held 1', 'given 3', 'held 2', 'closed', 'held 3']);
});

it('an error of the source waits until everything before it was yielded', async () => {
  const { source } = watched();
  const found: number[] = [];
  const read = async (): Promise<void> => {
    const work = async (item: number): Promise<number> => (await later(5), item);
    for await (const [item] of parsedInOrder(source(3, new Error('line dropped')), work, of(64))) found.push(item);
  };
  await expect(read()).rejects.toThrow('line dropped');
  expect(found).toEqual([1, 2, 3]);
});

it('who leaves early ends the source at once, and what is still under way may fail unheard', async () => {
  const { events, source } = watched();
  const unheard: unknown[] = [];
  const hear = (error: unknown): void => void unheard.push(error);
  process.on('unhandledRejection', hear);
  const work = async (item: number): Promise<number> => {
    await later(item);
    if (item > 1) throw new Error('late');
    return item;
  };
  for await (const _ of parsedInOrder(source(9), work, of(3))) break;
  expect(events).toEqual(['given 1', 'given 2', 'given 3', 'closed']);
  await later(20);
  process.off('unhandledRejection', hear);
  expect(unheard).toEqual([]);
});

it('an error of the work comes in its turn, and ends the source', async () => {
  const { events, source } = watched();
  const found: number[] = [];
  const read = async (): Promise<void> => {
    const work = async (item: number): Promise<number> => (item === 2 ? Promise.reject(new Error('two')) : item);
    for await (const [item] of parsedInOrder(source(9), work, of(4))) found.push(item);
  };
  await expect(read()).rejects.toThrow('two');
  expect([found, events.at(-1)]).toEqual([[1], 'closed']);
});
