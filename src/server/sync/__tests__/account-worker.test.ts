import { MailError } from '../../errors/mail-error';
import type { MessageId } from '../../mail/ids';
import type { FolderLook } from '../../ports/session';
import { settled } from '../../ports/__tests__/held-clock';
import { INBOX, lost, startWorld, type World } from './worker-world';

let world: World;
const start = async (...how: Parameters<typeof startWorld>): Promise<void> => {
  world = startWorld(...how);
  await settled();
};
afterEach(async () => {
  world.stop.abort();
  await world.ended;
});

describe('a sound mailbox', () => {
  it('gets one pass and then IDLE on the inbox', async () => {
    await start();
    expect(world.calls).toEqual(['open', 'list', 'observe INBOX', 'observe INBOX', 'idle INBOX']);
    expect(world.account()).toMatchObject({ state: 'active', attempts: 0, errorCode: null });
  });

  it('is looked at again in full after the poll interval, on the same connection', async () => {
    await start();
    world.calls.length = 0;
    await world.advance(5 * 60_000);
    await settled();
    expect(world.calls).toEqual(['list', 'observe INBOX', 'observe INBOX', 'idle INBOX']);
  });

  it('is looked at again when somebody asks', async () => {
    await start();
    world.calls.length = 0;
    world.worker.poke('pass');
    await settled();
    expect(world.calls).toEqual(['list', 'observe INBOX', 'observe INBOX', 'idle INBOX']);
  });

  it('gets another connection when the settings lead to another server', async () => {
    await start();
    world.calls.length = 0;
    world.save({ imapHost: 'two.test' });
    world.worker.poke('pass');
    await settled();
    expect(world.calls).toEqual(['close', 'open', 'list', 'observe INBOX', 'observe INBOX', 'idle INBOX']);
  });

  it('hears of flags changed here without a pass', async () => {
    await start();
    world.calls.length = 0;
    world.intents.push({ id: '1:7', change: { add: ['\\Seen'], remove: [] } });
    world.worker.poke('intents');
    await settled();
    expect(world.calls).toEqual(['store 1:7', 'observe INBOX', 'idle INBOX']);
  });

  it('tells the reader why the server refused a change', async () => {
    const refused: unknown[] = [];
    const live = { changed: (user: number, change: object) => void ('code' in change && refused.push([user, change])) };
    const storeFlags = (): Promise<never> => Promise.reject(new MailError('EMAIL_CHANGE_REFUSED'));
    const undone: unknown[] = [];
    await start(
      async (session) => ({ ...session, storeFlags }),
      { undoFlags: async (_account, placements) => void undone.push(...placements) },
      { live },
    );
    world.intents.push({ id: '1:7', change: { add: ['\\Seen'], remove: [] } });
    world.worker.poke('intents');
    await settled();
    expect(undone).toEqual([1]);
    expect(refused).toEqual([[1, { accountId: 1, topic: 'refused', code: 'EMAIL_CHANGE_REFUSED' }]]);
    expect(world.log).toContain('operation-refused');
  });

  it('Q6: a message that the server counts and does not show yet is looked for soon, and not for ever', async () => {
    const slices = async function* () {
      yield { states: [], complete: [], gone: [], missing: -1, isThrough: false, cursor: null, settled: null };
    };
    const look = { epoch: '1', objectId: null, isReborn: false, strategy: { kind: 'plain', reason: 'test' } };
    let looks = 0;
    await start(async (session) => ({
      ...session,
      observe: async () => {
        looks += 1;
        return { ...look, slices: slices() } as unknown as FolderLook;
      },
    }));
    const seen = [looks];
    for (const ms of [2_000, 10_000, 30_000, 60_000]) {
      await world.advance(ms);
      await settled();
      seen.push(looks - seen.reduce((sum, one) => sum + one, 0));
    }
    expect(seen).toEqual([2, 1, 1, 1, 0]);
  });

  it('is none the worse for mail that cannot be threaded again', async () => {
    let tries = 0;
    world = startWorld(undefined, {
      threadedEarlier: async (_account, after) => (after < 7 ? [7 as MessageId] : []),
      rethread: async () => {
        tries += 1;
        throw new Error('too large');
      },
    });
    await settled();
    await world.advance(5 * 60_000);
    await settled();
    expect(tries).toBe(1);
    expect(world.opened()).toBe(1);
    expect(world.account()).toMatchObject({ state: 'active', attempts: 0, errorCode: null });
  });

  it('is let go when the lease ends', async () => {
    await start();
    world.stop.abort();
    await world.ended;
    expect(world.calls.at(-1)).toBe('close');
  });
});

/** No second connection is opened before it is over, and one is then. */
async function pauseOfFiveMinutes(): Promise<void> {
  await world.advance(299_000);
  await settled();
  expect(world.opened()).toBe(1);
  await world.advance(1_000);
  await settled();
  expect(world.opened()).toBe(2);
}

describe('a failing mailbox', () => {
  it('is left alone for the back-off, then tried again', async () => {
    await start((session, nth) => (nth === 1 ? lost() : Promise.resolve(session)));
    expect(world.account()).toMatchObject({ state: 'backing-off', attempts: 1, errorCode: 'EMAIL_CONNECTION_LOST' });
    await world.advance(1_000);
    await settled();
    expect(world.opened()).toBe(1);
    await world.advance(2_000);
    await settled();
    expect(world.opened()).toBe(2);
    expect(world.account()).toMatchObject({ state: 'active', attempts: 0, notBefore: null, failingSince: null });
  });

  it('is tried at once when somebody asks during the back-off', async () => {
    await start((session, nth) => (nth === 1 ? lost() : Promise.resolve(session)));
    world.worker.poke('pass');
    await settled();
    expect(world.account().state).toBe('active');
  });

  it('a pass asked for while an attempt is failing is not lost', async () => {
    let fail = (): void => undefined;
    await start((session, nth) =>
      nth === 1
        ? new Promise((_resolve, reject) => (fail = () => reject(new MailError('EMAIL_CONNECTION_LOST'))))
        : Promise.resolve(session),
    );
    world.worker.poke('pass');
    fail();
    await settled();
    expect(world.opened()).toBe(2);
    expect(world.account().state).toBe('active');
  });

  it('a pause that the server asked for is kept even when somebody asks', async () => {
    const retryAt = new Date(world.clock.now() + 300_000);
    await start((session, nth) =>
      nth === 1 ? Promise.reject(new MailError('EMAIL_THROTTLED', { retryAt })) : Promise.resolve(session),
    );
    expect(world.account().notBefore).toBe(retryAt.getTime());
    world.worker.poke('pass');
    await settled();
    await pauseOfFiveMinutes();
  });

  it('a pause that the server asked for on another connection ends this one, and outlasts the pass that is under way', async () => {
    await start();
    expect(world.opened()).toBe(1);
    const notBefore = world.clock.now() + 300_000;
    world.pause(notBefore);
    world.worker.poke('pause');
    await settled();
    expect(world.calls.slice(-2)).toEqual(['close', 'leave alone']);
    // As if it had heard it: what counts from the first failure on, and what the owner is told, depends on it.
    expect(world.account()).toMatchObject({ errorCode: 'EMAIL_THROTTLED', notBefore, attempts: 1 });
    expect(world.account().failingSince).toEqual(expect.any(Number));
    await pauseOfFiveMinutes();
    expect(world.account()).toMatchObject({ state: 'active', errorCode: null, notBefore: null });
  });

  it.each([
    ['after a failure', 'EMAIL_CONNECTION_LOST'],
    ['right after another pause', 'EMAIL_THROTTLED'],
    ['of a sound mailbox', null],
  ] as const)('a pause that comes while a pass is under way %s is not forgotten by it', async (_when, errorCode) => {
    let notBefore = 0;
    const before = errorCode ? { state: 'backing-off' as const, errorCode, notBefore: 1 } : {};
    const saveFolders = async () => {
      if (notBefore === 0) world.pause((notBefore = world.clock.now() + 300_000));
      return [INBOX];
    };
    world = startWorld(undefined, { saveFolders }, {}, before);
    await settled();
    expect(world.account()).toMatchObject({ state: 'backing-off', errorCode: 'EMAIL_THROTTLED', notBefore });
  });

  it('a line that drops during a pause makes it no shorter', async () => {
    let notBefore = 0;
    world = startWorld(undefined, {
      saveFolders: async () => {
        world.pause((notBefore = world.clock.now() + 300_000));
        return lost();
      },
    });
    await settled();
    expect(world.account()).toMatchObject({ state: 'backing-off', errorCode: 'EMAIL_THROTTLED', notBefore });
  });

  it('a pause of which another node has written is heeded when somebody asks for a pass', async () => {
    await start();
    world.pause(world.clock.now() + 300_000);
    world.worker.poke('pass');
    await settled();
    expect([world.calls.slice(-2), world.opened()]).toEqual([['close', 'leave alone'], 1]);
  });

  it('ends its work when the owner must consent again', async () => {
    await start(() => Promise.reject(new MailError('EMAIL_RECONNECT_REQUIRED')));
    await world.ended;
    expect(world.account()).toMatchObject({ state: 'needs-reconnect', errorCode: 'EMAIL_RECONNECT_REQUIRED' });
  });

  it('a connection that breaks during IDLE is opened again', async () => {
    await start();
    world.breakIdle();
    await settled();
    expect(world.account()).toMatchObject({ state: 'backing-off', errorCode: 'EMAIL_CONNECTION_LOST' });
    await world.advance(3_000);
    await settled();
    expect(world.opened()).toBe(2);
    expect(world.calls.at(-1)).toBe('idle INBOX');
  });

  it('a worker that lost its lease while an attempt failed ends, and blames nobody', async () => {
    let fail = (): void => undefined;
    const rejection = new Promise<never>((_resolve, reject) => {
      fail = () => reject(new MailError('EMAIL_CLIENT_SECRET_WRONG'));
    });
    await start(() => rejection);
    world.loseLease();
    fail();
    await world.ended;
    expect(world.misconfigured).toEqual([]);
    expect(world.account()).toMatchObject({ state: 'active', attempts: 0 });
  });

  it.each(['EMAIL_TOKEN_EXPIRED', 'EMAIL_CONNECTION_LOST'] as const)(
    'Q7: a session that lived and ends with %s is no failure: another one is opened at once',
    async (code) => {
      await start();
      await world.advance(6 * 60_000);
      await settled();
      world.breakIdle(code);
      await settled();
      expect(world.opened()).toBe(2);
      expect(world.account()).toMatchObject({ state: 'active', errorCode: null, attempts: 0, notBefore: null });
      expect(world.calls.at(-1)).toBe('idle INBOX');
    },
  );

  it('the provider is told when its registration is at fault, and the account is not blamed', async () => {
    await start(() => Promise.reject(new MailError('EMAIL_CLIENT_SECRET_WRONG')));
    expect(world.misconfigured).toEqual(['EMAIL_CLIENT_SECRET_WRONG']);
    expect(world.account().state).toBe('backing-off');
  });
});

describe('what is remembered of it', () => {
  it('a pass that went through, and since when none did', async () => {
    await start((session, nth) => (nth === 1 ? lost() : Promise.resolve(session)));
    const failedAt = world.clock.now();
    expect(world.account()).toMatchObject({ failingSince: failedAt });
    expect(world.told).toEqual(['backing-off']);
    await world.advance(3_000);
    await settled();
    const passed = { failingSince: null, notifiedAt: null, lastPassAt: world.clock.now() };
    expect(world.account()).toMatchObject(passed);
  });

  it('hours in which nothing happens are one line in the sync log', async () => {
    await start();
    for (let polls = 0; polls < 5; polls += 1) {
      await world.advance(5 * 60_000);
      await settled();
    }
    expect(world.log).toEqual(['synced']);
  });
});
