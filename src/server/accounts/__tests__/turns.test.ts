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
  const all = some.map(({ work }) => turns.turn(0, live, work));
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
  await expect(turns.turn(0, live, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  const next = held();
  next.end();
  await turns.turn(0, live, next.work);
  expect(next.hasBegun()).toBe(true);
});

it('who is called off does not work, and takes nobody’s turn', async () => {
  const turns = new Turns(1);
  const [first, second, third] = [held(), held(), held()];
  const leaving = new AbortController();
  const all = [
    turns.turn(0, live, first.work),
    turns.turn(0, leaving.signal, second.work),
    turns.turn(0, live, third.work),
  ];
  leaving.abort();
  await all[1];
  first.end();
  third.end();
  await Promise.all(all);
  expect([second.hasBegun(), third.hasBegun()]).toEqual([false, true]);
});

it('who left and comes again keeps its place', async () => {
  const turns = new Turns(1);
  const [first, second, third] = [held(), held(), held()];
  const leaving = new AbortController();
  const begun = turns.turn(1, live, first.work);
  expect(await Promise.race([turns.turn(2, leaving.signal, second.work), Promise.resolve(leaving.abort())])).not.toBe(
    true,
  );
  const all = [begun, turns.turn(3, live, third.work), turns.turn(2, live, second.work)];
  first.end();
  await settled();
  expect([second.hasBegun(), third.hasBegun()]).toEqual([true, false]);
  second.end();
  third.end();
  await Promise.all(all);
});

it('work that hangs gives its turn on', async () => {
  const turns = new Turns(1, 20);
  const [hanging, next] = [held(), held()];
  const all = [turns.turn(1, live, hanging.work), turns.turn(2, live, next.work)];
  next.end();
  await all[1];
  expect(next.hasBegun()).toBe(true);
  hanging.end();
  await all[0];
  await turns.turn(3, live, async () => undefined);
});
