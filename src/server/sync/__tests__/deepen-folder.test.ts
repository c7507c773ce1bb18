import { MailError } from '../../errors/mail-error';
import type { FolderRow } from '../../ports/records';
import type { MailboxSession, RemoteContent } from '../../ports/session';
import type { Depth, MessageStore, ParsedMessage, ReadContent, ShallowPlacement } from '../../ports/stores';
import { deepenFolder, MOST_ATTEMPTS } from '../deepen-folder';

const folder = { id: 1, accountId: 1, path: 'INBOX' } as FolderRow;

interface Waiting extends ShallowPlacement {
  attempts: number;
}

/** A folder of `count` mails of which nothing is known, whose attempts are kept as the store does. */
function shallowFolder(count: number) {
  const waiting: Waiting[] = Array.from({ length: count }, (_, at) => ({
    placementId: at + 1,
    id: `1:${at + 1}` as ShallowPlacement['id'],
    emailId: null,
    receivedAt: at,
    sizeBytes: 10,
    attempts: 0,
    messageId: null,
  }));
  const heads = new Map<number, ParsedMessage>();
  const stored = new Map<number, ParsedMessage>();
  const lacking = (depth: Depth) =>
    waiting.filter(({ placementId }) => !stored.has(placementId) && heads.has(placementId) === (depth === 'full'));
  const store = {
    shallow: async (_folder: FolderRow, depth: Depth, limit: number) =>
      lacking(depth)
        .sort((a, b) => a.attempts - b.attempts)
        .slice(0, limit)
        .map((one) => ({ ...one })),
    countAttempts: async (_account: number, ids: readonly number[], by: number) => {
      for (const one of waiting) if (ids.includes(one.placementId)) one.attempts += by;
    },
    store: async (_folder: FolderRow, read: readonly ReadContent[], depth: Depth) => {
      for (const { placement, message, isGivenUp } of read) {
        (depth === 'head' ? heads : stored).set(placement.placementId, message);
        if (!isGivenUp) for (const one of waiting) if (one.placementId === placement.placementId) one.attempts = 0;
      }
    },
  } as unknown as MessageStore;
  return { waiting, heads, stored, store };
}

const mail = (id: ShallowPlacement['id']): RemoteContent => {
  const source = Buffer.from(`Message-ID: <${id}@x>\r\nSubject: ${id}\r\n\r\nx`);
  return { kind: 'source', id, source, parts: [], isCut: false, sizeBytes: source.length };
};

/** Answers every request for content, or throws what `fault` says of it. */
const sessionWith = (fault: (ids: readonly string[]) => MailError | null) =>
  ({
    async *contents(_path: string, ids: readonly ShallowPlacement['id'][]) {
      const error = fault(ids);
      if (error) throw error;
      for (const id of ids) yield mail(id);
    },
    async *heads(_path: string, ids: readonly ShallowPlacement['id'][]) {
      const error = fault(ids);
      if (error) throw error;
      for (const id of ids) yield { id, header: (mail(id) as { source: Buffer }).source, sizeBytes: 10 };
    },
  }) as unknown as MailboxSession;

const round = async (world: ReturnType<typeof shallowFolder>, session: MailboxSession) =>
  deepenFolder(folder, 50, { session, store: world.store }).catch((error: MailError) => error.code);

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
    contents: (path: string, ids: never[]) => slowly(quick.contents(path, ids, false)),
    heads: (path: string, ids: never[]) => slowly(quick.heads(path, ids)),
  } as unknown as MailboxSession;
  await round(world, session);
  isDone = true;
  expect((depth === 'full' ? world.stored : world.heads).size).toBe(world.waiting.length);
  expect(turns).toBeGreaterThanOrEqual(world.waiting.length);
});

it('a line that dropped twice costs a mail nothing: it is asked for alone, and only the fourth time without its structure', async () => {
  const world = shallowFolder(1);
  const asked: boolean[] = [];
  const session = {
    // eslint-disable-next-line require-yield -- the line drops before anything comes
    async *contents(_path: string, _ids: readonly string[], careful: boolean) {
      asked.push(careful);
      throw new MailError('EMAIL_CONNECTION_LOST');
    },
  } as unknown as MailboxSession;
  for (let times = 0; times < 4; times += 1) expect(await round(world, session)).toBe('EMAIL_CONNECTION_LOST');
  expect(asked).toEqual([false, false, false, true]);
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
      contents: (path: string, ids: never[]) => cut(whole.contents(path, ids, false)),
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

  it('is stored while the rest is being read, one batch after the other', async () => {
    const world = shallowFolder(600);
    const whole = sessionWith(() => null);
    let isFarEnough: () => void = () => undefined;
    const farEnough = new Promise<void>((resolve) => (isFarEnough = resolve));
    const session = {
      async *heads(path: string, ids: never[]) {
        let count = 0;
        for await (const head of whole.heads(path, ids)) {
          if ((count += 1) === 400) isFarEnough();
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
        await world.store.store(...given);
        stored.push(given[1].length);
        writing -= 1;
      },
    };
    let told = 0;
    await deepenFolder(folder, 50, { session, store, changed: () => (told += 1) });
    expect([stored, most, writing, told]).toEqual([[250, 250], 1, 0, 2]);
  });

  it('is not stored any more once the account is given up, and nothing is under way when the call ends', async () => {
    const world = shallowFolder(300);
    const given = new AbortController();
    let isWriting = false;
    const store = {
      ...world.store,
      store: async (...args: Parameters<MessageStore['store']>) => {
        isWriting = true;
        given.abort();
        await new Promise((resolve) => setTimeout(resolve, 5));
        await world.store.store(...args);
        isWriting = false;
      },
    };
    await deepenFolder(folder, 50, { session: sessionWith(() => null), store, signal: given.signal });
    expect([world.heads.size, isWriting]).toEqual([250, false]);
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
