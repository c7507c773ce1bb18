import type { FolderRow } from '../../ports/records';
import { settled } from '../../ports/__tests__/held-clock';
import { beside } from '../before-pass';
import { INBOX, lost, startWorld, type World } from './worker-world';

/** A promise that is settled from outside. */
function pending<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

it('answers what the work answers, once what runs beside it is over', async () => {
  const aside = pending<void>();
  let isOver = false;
  const both = beside(Promise.resolve(7), aside.promise).then((value) => ((isOver = true), value));
  await new Promise(setImmediate);
  expect(isOver).toBe(false);
  aside.resolve();
  expect(await both).toBe(7);
});

it('leaves nothing running where the work fails', async () => {
  const aside = pending<void>();
  let isOver = false;
  const both = beside(Promise.reject(new Error('the line')), aside.promise).catch((error: Error) => {
    isOver = true;
    return error.message;
  });
  await new Promise(setImmediate);
  expect(isOver).toBe(false);
  aside.reject(new Error('the row'));
  expect(await both).toBe('the line');
});

it('fails where only what runs beside it fails', async () => {
  await expect(beside(Promise.resolve(7), Promise.reject(new Error('the row')))).rejects.toThrow('the row');
});

it('compares what the server lists with the folders as they were after it was told of changes', async () => {
  const compared: unknown[] = [];
  let reads = 0;
  const folders = async (): Promise<FolderRow[]> => [{ ...INBOX, departed: (reads += 1) }];
  const saveFolders = async (
    _account: unknown,
    _remote: unknown,
    known: readonly FolderRow[],
  ): Promise<FolderRow[]> => {
    compared.push(known[0].departed, world.calls.at(-2));
    return [INBOX];
  };
  const world = startWorld(undefined, { folders, saveFolders });
  world.intents.push({ id: '1:7', change: { add: ['\\Seen'], remove: [] } });
  await settled();
  world.stop.abort();
  await world.ended;
  expect(compared).toEqual([2, 'store 1:7']);
});

describe('mails that were given up, when a pass is asked for', () => {
  it.each([
    [
      'the line turns out to be dead while a change is told',
      (world: World) => void world.intents.push({ id: '1:7', change: { add: ['\\Seen'], remove: [] } }),
    ],
    ['settings lead elsewhere meanwhile', (world: World) => world.save({ imapHost: 'two.test' })],
  ])('are tried again, also where %s', async (_why, trouble) => {
    let forgotten = 0;
    const world = startWorld(async (session, nth) => (nth === 1 ? { ...session, storeFlags: lost } : session), {
      forgetAttempts: async () => (forgotten += 1),
      lacks: async () => false,
    });
    await settled();
    trouble(world);
    world.worker.poke('pass');
    await settled();
    await world.advance(600_000);
    await settled();
    world.stop.abort();
    await world.ended;
    expect([world.opened(), forgotten]).toEqual([2, 1]);
  });
});
