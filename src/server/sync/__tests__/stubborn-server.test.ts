import { Turns } from '../../accounts/turns';
import { MailError } from '../../errors/mail-error';
import type { FolderRow } from '../../ports/records';
import type { MailboxSession } from '../../ports/session';
import { settled } from '../../ports/__tests__/held-clock';
import { INBOX, lost, startWorld, type World } from './worker-world';

const STATE = { flags: new Set<string>(), receivedAt: 1, sizeBytes: 1 };

/** Servers that fail at one command and at no other. */
let world: World;
const start = async (open?: (session: MailboxSession, nth: number) => Promise<MailboxSession>): Promise<void> => {
  world = startWorld(open);
  await settled();
};
afterEach(async () => {
  world.stop.abort();
  await world.ended;
});

describe('a mailbox', () => {
  it('that fails after each good pass is left alone longer and longer, and its owner is told', async () => {
    const waits: number[] = [];
    let shallow = 1;
    world = startWorld(
      async (session) => ({
        ...session,
        // eslint-disable-next-line require-yield
        contents: async function* () {
          throw new MailError('EMAIL_CONNECTION_LOST');
        },
      }),
      { shallow: async () => [{ placementId: 1, id: '1:1', attempts: shallow }] as never },
    );
    await settled();
    for (let turn = 0; turn < 6; turn += 1) {
      shallow = 1;
      const { notBefore } = world.account();
      waits.push((notBefore ?? 0) - world.clock.now());
      await world.advance(waits[turn]);
      await settled();
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 64_000]);
    expect(world.account().failingSince).toBeLessThanOrEqual(world.clock.now() - 126_000);
  });

  it('whose line is cut at IDLE is left alone longer and longer, too', async () => {
    await start(async (session) => ({
      ...session,
      waitForChange: () => Promise.reject(new MailError('EMAIL_CONNECTION_LOST')),
    }));
    const waits: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      waits.push((world.account().notBefore ?? 0) - world.clock.now());
      await world.advance(waits[turn]);
      await settled();
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000]);
  });

  it('a folder at which the line is always lost keeps no other from being read, and is left alone for a while', async () => {
    const sick = { ...INBOX, id: 2, path: 'Archive', role: 'archive', scannedAt: null } as FolderRow;
    world = startWorld(
      async (session) => ({
        ...session,
        observe: (path: string, ...more: [never]) =>
          path === 'Archive' ? lost() : Promise.resolve(session.observe(path, ...more)),
      }),
      { saveFolders: async () => [sick, INBOX], folders: async () => [sick, INBOX] },
    );
    await settled();
    for (const ms of [2_000, 4_000, 8_000]) {
      await world.advance(ms);
      await settled();
    }
    expect(world.calls.at(-1)).toBe('idle INBOX');
    expect(world.log.filter((event) => event === 'folder-failed')).toHaveLength(1);
    const opened = world.opened();
    await world.advance(30 * 60_000);
    await settled();
    expect(world.opened()).toBe(opened);
  });

  it('a change at which the line is always lost does not keep mail from coming', async () => {
    await start(async (session) => ({ ...session, storeFlags: lost }));
    const wish = { id: '1:7', change: { add: ['\\Seen'], remove: [] } };
    world.intents.push(wish);
    world.worker.poke('intents');
    await settled();
    for (const ms of [2_000, 4_000]) {
      world.intents.push(wish);
      await world.advance(ms);
      await settled();
    }
    world.calls.length = 0;
    world.intents.push(wish);
    await world.advance(8_000);
    await settled();
    expect(world.calls).toEqual(expect.arrayContaining(['list', 'observe INBOX']));
    // Then it is left alone for an hour, and the mailbox is followed.
    const opened = world.opened();
    const told: boolean[] = [];
    for (let left = 7; left > 0; left -= 1) {
      expect(world.calls.at(-1)).toBe('idle INBOX');
      world.intents.push(wish);
      world.worker.poke('intents');
      await settled();
      told.push(world.opened() > opened || world.account().state !== 'active');
      await world.advance(10 * 60_000);
      await settled();
    }
    expect(told).toEqual([false, false, false, false, false, false, true]);
  });

  it('a change at which the line is always lost keeps no change in another folder from the server', async () => {
    const sick = { ...INBOX, id: 2, path: 'Sick', role: null } as unknown as FolderRow;
    const told = new Set<number>();
    const one = (placementId: number, folder: FolderRow) => ({
      ...{ placementId, folder, id: `1:${placementId}`, move: null, standing: STATE, begun: null },
      change: { add: ['\\Seen'], remove: [] },
    });
    const standing = (path: string) => (path === 'Sick' ? lost() : Promise.resolve(new Map()));
    world = startWorld(async (session) => ({ ...session, standing }), {
      operations: async () => ({
        operations: [one(1, sick), one(2, INBOX)].filter(({ placementId }) => !told.has(placementId)) as never,
        last: null,
      }),
      settleFlags: async (_folder, ids) => ids.forEach((id) => told.add(id)),
    });
    await settled();
    for (const ms of [2_000, 4_000, 8_000]) {
      await world.advance(ms);
      await settled();
    }
    expect([...told]).toEqual([2]);
    expect(world.account().state).toBe('active');
    expect(world.calls.at(-1)).toBe('idle INBOX');
  });

  it('whose inbox cannot be opened is not asked for it every second, and its other folders are read', async () => {
    await start(async (session) => ({
      ...session,
      observe: () => {
        world?.calls.push('observe');
        return Promise.reject(new MailError('EMAIL_FOLDER_CHANGED'));
      },
    }));
    await world.advance(60_000);
    await settled();
    expect(world.opened()).toBe(1);
    expect(world.account()).toMatchObject({ state: 'active', errorCode: null });
    expect(world.account().lastSyncAt).toBeGreaterThan(0);
  });

  it('whose inbox cannot be opened is not called up to date in its log, until it can; meanwhile its owner is to be told', async () => {
    let [isSick, inbox] = [true, INBOX];
    const mark = (errorCode: FolderRow['errorCode']) => async () => void (inbox = { ...INBOX, errorCode });
    world = startWorld(
      async (session) => ({
        ...session,
        observe: (...asked: [string, never]) =>
          isSick ? Promise.reject(new MailError('EMAIL_FOLDER_CHANGED')) : session.observe(...asked),
      }),
      { folders: async () => [inbox], markFolder: mark('EMAIL_FOLDER_CHANGED'), finishLooks: mark(null) },
    );
    await settled();
    expect(new Set(world.log)).toEqual(new Set(['folder-failed']));
    const times = world.told.length;
    expect(times).toBeGreaterThan(0);
    isSick = false;
    await world.advance(5 * 60_000);
    await settled();
    expect(world.log.at(-1)).toBe('synced');
    expect(world.told).toHaveLength(times);
  });

  it('an inbox at which the line is always lost keeps no other folder from being read', async () => {
    const read: string[] = [];
    const other = { ...INBOX, id: 2, path: 'Work', role: null } as FolderRow;
    world = startWorld(
      async (session) => ({
        ...session,
        observe: (path: string, ...more: [never]) =>
          path === 'INBOX' ? lost() : Promise.resolve(session.observe(path, ...more)),
        // eslint-disable-next-line require-yield
        contents: async function* (path: string) {
          read.push(path);
        },
      }),
      {
        saveFolders: async () => [INBOX, other],
        folders: async () => [INBOX, other],
        folderById: async () => INBOX,
        shallow: async ({ path }, depth) =>
          path === 'Work' && depth === 'full' ? [{ placementId: 9, id: '1:9', attempts: 0 } as never] : [],
      },
    );
    await settled();
    for (const ms of [2_000, 4_000, 8_000, 16_000]) {
      await world.advance(ms);
      await settled();
    }
    expect(read).toContain('Work');
    expect(world.account()).toMatchObject({ state: 'active' });
  });

  it('who waits for a turn to read still hears wishes', async () => {
    const reading = new Turns(1);
    let end = (): void => undefined;
    void reading.turn(0, new AbortController().signal, () => new Promise((resolve) => (end = resolve)));
    world = startWorld(undefined, {}, { reading });
    await settled();
    expect(world.calls).not.toContain('idle INBOX');
    world.intents.push({ id: '1:7', change: { add: ['\\Seen'], remove: [] } });
    world.worker.poke('intents');
    await settled();
    expect(world.calls).toContain('store 1:7');
    end();
    await settled();
    expect(world.calls.at(-1)).toBe('idle INBOX');
  });

  it('a line that is ended for a pause says nothing of the folder that was looked at: it is no trouble, however often', async () => {
    let observed = 0;
    world = startWorld((session) => {
      let hangUp = (): void => undefined;
      const observe = (): Promise<never> => {
        observed += 1;
        return new Promise((_resolve, reject) => (hangUp = () => reject(new MailError('EMAIL_CONNECTION_LOST'))));
      };
      return Promise.resolve({ ...session, observe, close: async () => hangUp() });
    });
    await settled();
    for (let pauses = 1; pauses <= 5; pauses += 1) {
      expect(observed).toBe(pauses);
      world.pause(world.clock.now() + 300_000);
      world.worker.poke('pause');
      await settled();
      await world.advance(300_000);
      await settled();
    }
  });

  it('that gives one line only, on which an answer is doubted, gets another line after an hour, which is no failure', async () => {
    const inbox = { ...INBOX, totalCount: 30 };
    const known = new Map(Array.from({ length: 30 }, (_, at) => [`1:${at + 1}`, STATE] as const));
    const gone = { from: 1, to: 30 };
    const slice = {
      states: [],
      complete: [],
      gone: [gone],
      missing: null,
      isThrough: true,
      cursor: null,
      settled: null,
    };
    world = startWorld(
      async (session) => ({
        ...session,
        observe: async (...asked) => ({
          ...(await session.observe(...asked)),
          slices: (async function* () {
            yield slice;
          })(),
        }),
      }),
      { folders: async () => [inbox], folderOfRole: async () => inbox, known: async () => known as never },
      { freshSession: lost },
    );
    await settled();
    for (let left = 11; left > 0; left -= 1) {
      await world.advance(5 * 60_000);
      await settled();
    }
    expect(world.opened()).toBe(1);
    for (let left = 2; left > 0; left -= 1) {
      await world.advance(5 * 60_000);
      await settled();
    }
    expect(world.opened()).toBe(2);
    expect(world.account()).toMatchObject({ state: 'active', errorCode: null });
  });
});
