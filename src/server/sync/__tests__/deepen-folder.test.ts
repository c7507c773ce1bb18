import { MailError } from '../../errors/mail-error';
import type { MailboxSession, Manner } from '../../ports/session';
import type { MessageStore, ShallowPlacement } from '../../ports/stores';
import { deepenFolder, MOST_ATTEMPTS } from '../deepen-folder';
import { folder, round, sessionWith, shallowFolder } from './deepen-world';

it.each([
  'EMAIL_FOLDER_BUSY',
  'EMAIL_SERVER_UNREACHABLE',
  'EMAIL_THROTTLED',
  'EMAIL_TOKEN_EXPIRED',
  'EMAIL_IMAP_DISABLED',
] as const)('what a server answers about itself (%s) is no try of a mail, however often', async (code) => {
  const world = shallowFolder(3);
  for (let times = 0; times < 30; times += 1)
    expect(
      await round(
        world,
        sessionWith(() => new MailError(code)),
      ),
    ).toBe(code);
  expect(world.waiting.map(({ attempts }) => attempts)).toEqual([0, 0, 0]);
  await round(
    world,
    sessionWith(() => null),
  );
  expect([...world.stored.values()].map(({ subject }) => subject)).toEqual(['1:1', '1:2', '1:3']);
});

it('a mail that kills the connection is found, stored as unreadable and holds up no other', async () => {
  const world = shallowFolder(5);
  const session = sessionWith((ids) => (ids.includes('1:3') ? new MailError('EMAIL_CONNECTION_LOST') : null));
  for (let times = 0; times < 40; times += 1) await round(world, session);
  expect([...world.stored].map(([id, { errorCode }]) => [id, errorCode]).sort()).toEqual([
    [1, null],
    [2, null],
    [3, 'EMAIL_MESSAGE_UNREADABLE'],
    [4, null],
    [5, null],
  ]);
});

it('a few lost lines in a row give up no mail', async () => {
  const world = shallowFolder(1);
  for (let times = 0; times < MOST_ATTEMPTS - 1; times += 1)
    await round(
      world,
      sessionWith(() => new MailError('EMAIL_CONNECTION_LOST')),
    );
  await round(
    world,
    sessionWith(() => null),
  );
  expect(world.stored.get(1)?.errorCode).toBeNull();
});

it('of many mails the headers come first, so that the list is complete soon', async () => {
  const world = shallowFolder(100);
  await round(
    world,
    sessionWith(() => null),
  );
  expect([world.heads.size, world.stored.size]).toEqual([100, 0]);
  await round(
    world,
    sessionWith(() => null),
  );
  expect(world.stored.size).toBe(50);
});

it('small mails are read whole at once where a mailbox is read as a whole, behind the headers of the others', async () => {
  const world = shallowFolder(100);
  for (const one of world.waiting) one.sizeBytes = one.placementId % 4 === 0 ? 9 : 10;
  const asked: string[] = [];
  const whole = sessionWith(() => null);
  const session = {
    heads: (path: string, ids: never[]) => (asked.push(`heads ${ids.length}`), whole.heads(path, ids)),
    contents: (path: string, ids: never[], manner: Manner) => (
      asked.push(`${manner} ${ids.length}`),
      whole.contents(path, ids, manner)
    ),
  } as unknown as MailboxSession;
  let indexed = 0;
  const index = async (): Promise<void> => void (indexed = world.stored.size);
  const ports = { session, store: world.store, smallBytes: 9, index };
  expect(await deepenFolder(folder, 50, ports)).toBe(100);
  expect([asked, world.heads.size, world.stored.size, indexed]).toEqual([['heads 75', 'small 25'], 75, 25, 25]);
  await deepenFolder(folder, 50, ports);
  expect([asked.slice(2), world.stored.size, indexed]).toEqual([['usual 50'], 75, 75]);
});

it.each(['full', 'head'] as const)('other work gets its turn between mails that take long (%s)', async (depth) => {
  const world = shallowFolder(depth === 'full' ? 20 : 40);
  let turns = 0;
  let isDone = false;
  const others = (): void => {
    turns += 1;
    if (!isDone) setImmediate(others);
  };
  setImmediate(others);
  const quick = sessionWith(() => null);
  // As long as a parser may take for a mail that is made for it.
  const slowly = async function* <T>(source: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const one of source) {
      for (const until = performance.now() + 12; performance.now() < until;);
      yield one;
    }
  };
  const session = {
    contents: (path: string, ids: never[]) => slowly(quick.contents(path, ids, 'usual')),
    heads: (path: string, ids: never[]) => slowly(quick.heads(path, ids)),
  } as unknown as MailboxSession;
  await round(world, session);
  isDone = true;
  expect((depth === 'full' ? world.stored : world.heads).size).toBe(world.waiting.length);
  expect(turns).toBeGreaterThanOrEqual(world.waiting.length);
});

it('a line that dropped twice costs a mail nothing: it is asked for alone, and only the fourth time without its structure', async () => {
  const world = shallowFolder(1);
  const asked: Manner[] = [];
  const session = {
    // eslint-disable-next-line require-yield -- the line drops before anything comes
    async *contents(_path: string, _ids: readonly string[], manner: Manner) {
      asked.push(manner);
      throw new MailError('EMAIL_CONNECTION_LOST');
    },
  } as unknown as MailboxSession;
  for (let times = 0; times < 4; times += 1) expect(await round(world, session)).toBe('EMAIL_CONNECTION_LOST');
  expect(asked).toEqual(['usual', 'usual', 'usual', 'careful']);
});

it('bodies that a server does not give are asked for four times a pass: a short trouble gives up no mail', async () => {
  const world = shallowFolder(3);
  let asked = 0;
  const session = {
    async *contents(_path: string, ids: readonly ShallowPlacement['id'][]) {
      for (const id of ids) {
        asked += 1;
        yield { kind: 'failed', id, cause: new Error('NO Internal error') } as const;
      }
      await Promise.resolve();
    },
  } as unknown as MailboxSession;
  for (let pass = 1; pass <= 2; pass += 1) {
    const tried = new Map<number, number>();
    for (let times = 0; times < 20; times += 1) await deepenFolder(folder, 50, { session, store: world.store, tried });
    expect(asked).toBe(12 * pass);
  }
  expect(world.waiting.map(({ attempts }) => attempts)).toEqual([8, 8, 8]);
});

describe('what is read', () => {
  /** The line drops after so many mails. */
  const dropsAfter = (most: number) => {
    const whole = sessionWith(() => null);
    const cut = async function* <T>(source: AsyncIterable<T>): AsyncGenerator<T> {
      let count = 0;
      for await (const one of source) {
        if ((count += 1) > most) throw new MailError('EMAIL_CONNECTION_LOST');
        yield one;
      }
    };
    return {
      contents: (path: string, ids: never[]) => cut(whole.contents(path, ids, 'usual')),
      heads: (path: string, ids: never[]) => cut(whole.heads(path, ids)),
    } as unknown as MailboxSession;
  };

  it('before the line drops is kept, and what it did not come to is read in small groups', async () => {
    const world = shallowFolder(30);
    expect(await round(world, dropsAfter(7))).toBe('EMAIL_CONNECTION_LOST');
    expect(world.stored.size).toBe(7);
    await round(
      world,
      sessionWith(() => null),
    );
    expect(world.stored.size).toBe(27);
  });

  it.each([
    ['head', 10, 500],
    ['full', 7, 50],
  ] as const)(
    'before the line drops is kept, and of the rest only what was asked for has been tried (%s)',
    async (depth, most, asked) => {
      const world = shallowFolder(900);
      const sound = { session: sessionWith(() => null), store: world.store, heads: 1_000, smallBytes: 0 };
      if (depth === 'full') await deepenFolder(folder, 50, sound);
      await expect(deepenFolder(folder, 400, { ...sound, session: dropsAfter(most) })).rejects.toMatchObject({
        code: 'EMAIL_CONNECTION_LOST',
      });
      const tried = world.waiting.flatMap(({ attempts }, at) => (attempts > 0 ? [at] : []));
      expect(tried).toEqual([...Array(asked).keys()].map((at) => at + most));
      await deepenFolder(folder, 400, sound);
      expect(depth === 'head' ? world.heads.size : world.stored.size).toBeGreaterThanOrEqual(390);
    },
  );

  it('is stored while the rest is being read, one batch after the other', async () => {
    const world = shallowFolder(1_000);
    const whole = sessionWith(() => null);
    let isFarEnough: () => void = () => undefined;
    const farEnough = new Promise<void>((resolve) => (isFarEnough = resolve));
    const session = {
      async *heads(path: string, ids: never[]) {
        let count = 0;
        for await (const head of whole.heads(path, ids)) {
          if ((count += 1) === 800) isFarEnough();
          yield head;
        }
      },
    } as unknown as MailboxSession;
    let writing = 0;
    let most = 0;
    const stored: number[] = [];
    const store = {
      ...world.store,
      store: async (...given: Parameters<MessageStore['store']>) => {
        most = Math.max(most, (writing += 1));
        // Never, if reading waited for it.
        await farEnough;
        const isIndexed = await world.store.store(...given);
        stored.push(given[1].length);
        writing -= 1;
        return isIndexed;
      },
    };
    let told = 0;
    await deepenFolder(folder, 50, { session, store, heads: 1_000, smallBytes: 0, changed: () => (told += 1) });
    expect([stored, most, writing, told]).toEqual([[500, 500], 1, 0, 2]);
  });

  it('is stored after two seconds at the latest, so that a slow line shows something', async () => {
    const world = shallowFolder(40);
    let now = 0;
    const whole = sessionWith(() => null);
    const session = {
      async *heads(path: string, ids: never[]) {
        for await (const head of whole.heads(path, ids)) {
          now += 150;
          yield head;
        }
      },
    } as unknown as MailboxSession;
    const stored: number[] = [];
    const store = {
      ...world.store,
      store: async (...given: Parameters<MessageStore['store']>) => stored.push(given[1].length) > 0,
    };
    await deepenFolder(folder, 50, { session, store, now: () => now });
    expect(stored).toEqual([14, 14, 12]);
  });

  it('is not stored any more once the account is given up, and nothing is under way when the call ends', async () => {
    const world = shallowFolder(600);
    const given = new AbortController();
    let isWriting = false;
    const store = {
      ...world.store,
      store: async (...args: Parameters<MessageStore['store']>) => {
        isWriting = true;
        given.abort();
        await new Promise((resolve) => setTimeout(resolve, 5));
        const isIndexed = await world.store.store(...args);
        isWriting = false;
        return isIndexed;
      },
    };
    await deepenFolder(folder, 50, {
      session: sessionWith(() => null),
      store,
      heads: 1_000,
      smallBytes: 0,
      signal: given.signal,
    });
    expect([world.heads.size, isWriting]).toEqual([500, false]);
    // What it did not come to was not tried.
    expect(world.waiting.every(({ attempts }) => attempts === 0)).toBe(true);
  });
});

it('when something else is due, the rest waits, and does not count as tried', async () => {
  const world = shallowFolder(30);
  const tried = new Map<number, number>();
  const session = sessionWith(() => null);
  await deepenFolder(folder, 50, { session, store: world.store, tried, mayGoOn: () => false });
  // Some in any case: somebody may ask all the time.
  expect(world.stored.size).toBe(25);
  expect(world.waiting.map(({ attempts }) => attempts)).toEqual(Array<number>(30).fill(0));
  expect([...tried.values()].filter((times) => times === 1)).toHaveLength(25);
});
