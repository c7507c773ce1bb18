import { settled } from '../../ports/__tests__/held-clock';
import { Turns } from '../turns';

const live = new AbortController().signal;

/** Work that lasts until it is told to end. */
function held(): { work: () => Promise<void>; end: () => void; hasBegun: () => boolean } {
  let end = (): void => undefined;
  let hasBegun = false;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const work = (): Promise<void> => {
    hasBegun = true;
    return ended;
  };
  return { work, end, hasBegun: () => hasBegun };
}

it('lets so many work at a time, first come, first served', async () => {
  const turns = new Turns(2);
  const some = [held(), held(), held(), held()];
  const all = some.map(({ work }) => turns.turn(live, work));
  await settled();
  expect(some.map((one) => one.hasBegun())).toEqual([true, true, false, false]);
  some[1].end();
  await settled();
  expect(some.map((one) => one.hasBegun())).toEqual([true, true, true, false]);
  some.forEach((one) => one.end());
  await Promise.all(all);
});

it('work that fails gives its turn on', async () => {
  const turns = new Turns(1);
  await expect(turns.turn(live, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  const next = held();
  next.end();
  await turns.turn(live, next.work);
  expect(next.hasBegun()).toBe(true);
});

it('who is called off does not work, and takes nobody’s turn', async () => {
  const turns = new Turns(1);
  const [first, second, third] = [held(), held(), held()];
  const leaving = new AbortController();
  const all = [turns.turn(live, first.work), turns.turn(leaving.signal, second.work), turns.turn(live, third.work)];
  leaving.abort();
  await all[1];
  first.end();
  third.end();
  await Promise.all(all);
  expect([second.hasBegun(), third.hasBegun()]).toEqual([false, true]);
});
