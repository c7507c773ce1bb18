import { MailError } from '../../errors/mail-error';
import type { AccountRow } from '../../ports/records';
import type { MailboxSession } from '../../ports/session';
import { HeldClock, settled } from '../../ports/__tests__/held-clock';
import { SessionPool } from '../session-pool';

const ACCOUNT = { id: 1 } as AccountRow;

/** A pool over connections that are counted. */
function startPool() {
  const clock = new HeldClock();
  let open = 0;
  let most = 0;
  const pool = new SessionPool({
    clock,
    open: async () => {
      most = Math.max(most, (open += 1));
      return { close: async () => void (open -= 1) } as unknown as MailboxSession;
    },
  });
  return { pool, clock, open: () => open, most: () => most };
}

it('a connection that was given back is used again, and closed when nobody wants it', async () => {
  const { pool, clock, open } = startPool();
  (await pool.borrow(ACCOUNT)).giveBack(true);
  expect((await pool.borrow(ACCOUNT)).isReused).toBe(true);
  const other = await pool.borrow(ACCOUNT);
  expect([other.isReused, open()]).toEqual([false, 2]);
  other.giveBack(true);
  await clock.advance(20_000);
  await settled();
  expect(open()).toBe(1);
});

it('Q17: idle connections count: a fresh one beside two idle ones closes one of them', async () => {
  const { pool, open, most } = startPool();
  const both = [await pool.borrow(ACCOUNT), await pool.borrow(ACCOUNT)];
  both.forEach(({ giveBack }) => giveBack(true));
  expect(open()).toBe(2);
  const fresh = await pool.borrow(ACCOUNT, { fresh: true });
  expect([fresh.isReused, open(), most()]).toEqual([false, 2, 2]);
});

it('Q17: whoever comes third waits for its turn, whatever it asks for', async () => {
  const { pool, most } = startPool();
  const both = [await pool.borrow(ACCOUNT), await pool.borrow(ACCOUNT, { fresh: true })];
  let hasTurn = false;
  const third = pool.borrow(ACCOUNT, { fresh: true }).then((borrowed) => {
    hasTurn = true;
    return borrowed;
  });
  await settled();
  expect(hasTurn).toBe(false);
  both[0].giveBack(true);
  expect((await third).isReused).toBe(false);
  expect(most()).toBe(2);
});

it('Q17: whatever order people come and go in, there are never more than two', async () => {
  const { pool, most } = startPool();
  const work = async (nth: number): Promise<void> => {
    const { giveBack } = await pool.borrow(ACCOUNT, { fresh: nth % 3 === 0 });
    for (let turn = 0; turn < nth % 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    giveBack(nth % 5 !== 0);
  };
  await Promise.all(Array.from({ length: 60 }, (_, nth) => work(nth)));
  expect(most()).toBe(2);
});

it('Q17: never more than two, also when both come back in one go while somebody waits and others ask', async () => {
  const { pool, most } = startPool();
  const both = [await pool.borrow(ACCOUNT), await pool.borrow(ACCOUNT)];
  const waiting = pool.borrow(ACCOUNT);
  await settled();
  both.forEach(({ giveBack }) => giveBack(false));
  void [pool.borrow(ACCOUNT), pool.borrow(ACCOUNT)];
  void waiting.then(() => pool.borrow(ACCOUNT));
  await settled();
  expect(most()).toBe(2);
});

describe('while a server wants to be left alone', () => {
  const pausedUntil = (notBefore: number): AccountRow => ({ ...ACCOUNT, errorCode: 'EMAIL_THROTTLED', notBefore });

  it('no connection is used, neither a new one nor one that lies idle', async () => {
    const { pool, clock, open } = startPool();
    (await pool.borrow(ACCOUNT)).giveBack(true);
    const until = clock.now() + 60_000;
    const asked = pool.borrow(pausedUntil(until));
    await expect(asked).rejects.toMatchObject({ code: 'EMAIL_THROTTLED', retryAt: new Date(until) });
    await expect(pool.borrow(pausedUntil(until), { fresh: true })).rejects.toMatchObject({ code: 'EMAIL_THROTTLED' });
    expect(open()).toBe(0);
    await clock.advance(60_000);
    const { isReused, giveBack } = await pool.borrow(pausedUntil(until));
    giveBack(true);
    expect([isReused, open()]).toEqual([false, 1]);
  });

  it('who waits for a turn heeds a pause that is asked for meanwhile', async () => {
    const { pool, most } = startPool();
    const both = [await pool.borrow(ACCOUNT), await pool.borrow(ACCOUNT)];
    const third = pool.borrow(ACCOUNT);
    await settled();
    const retryAt = new Date(60_000);
    both[0].giveBack(false, new MailError('EMAIL_THROTTLED', { retryAt }));
    await expect(third).rejects.toMatchObject({ code: 'EMAIL_THROTTLED' });
    both[1].giveBack(true);
    expect((await pool.borrow(ACCOUNT)).isReused).toBe(false);
    expect(most()).toBe(2);
  });

  it('a connection whose login was under way is not kept', async () => {
    let login = (): void => undefined;
    let isClosed = false;
    const session = { close: async () => void (isClosed = true) } as unknown as MailboxSession;
    const open = (): Promise<MailboxSession> => new Promise((resolve) => (login = () => resolve(session)));
    const pool = new SessionPool({ clock: new HeldClock(), open });
    const one = pool.borrow(ACCOUNT);
    await settled();
    pool.rest(ACCOUNT.id);
    login();
    (await one).giveBack(true);
    expect(isClosed).toBe(true);
  });

  it('whoever hears of it closes what lies idle, and what is given back afterwards', async () => {
    const { pool, open } = startPool();
    const both = [await pool.borrow(ACCOUNT), await pool.borrow(ACCOUNT)];
    both[0].giveBack(true);
    both[1].giveBack(false, new MailError('EMAIL_THROTTLED', { retryAt: new Date(60_000) }));
    expect(open()).toBe(0);
    const third = await pool.borrow(ACCOUNT);
    pool.rest(ACCOUNT.id);
    third.giveBack(true);
    expect(open()).toBe(0);
  });
});
