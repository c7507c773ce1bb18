import { Readable } from 'node:stream';
import { MailError } from '../../errors/mail-error';
import type { AccountRow } from '../../ports/records';
import type { MailboxSession } from '../../ports/session';
import { openAttachment, type AttachmentPlace } from '../open-attachment';
import { SessionPool } from '../../accounts/session-pool';

const ALICE = { id: 1 } as AccountRow;
const BOB = { id: 2 } as AccountRow;
const PLACE = {
  attachment: { part: '2' },
  placement: { uidValidity: '1', uid: 7 },
  folder: { path: 'INBOX' },
} as AttachmentPlace;
const turn = () => new Promise((resolve) => setImmediate(resolve));

let opened: { session: MailboxSession; isClosed: boolean }[];
let fetchPart: (nth: number) => Promise<Readable>;
let idleOver: () => void;
let pool: SessionPool;

beforeEach(() => {
  opened = [];
  fetchPart = () => Promise.resolve(Readable.from(['content']));
  const overs: (() => void)[] = [];
  idleOver = () => overs.forEach((over) => over());
  pool = new SessionPool({
    clock: {
      now: () => 0,
      sleep: (_ms, signal) =>
        new Promise((resolve) => {
          overs.push(resolve);
          signal?.addEventListener('abort', () => resolve());
        }),
    },
    open: async () => {
      const nth = opened.length;
      const entry = { isClosed: false, session: {} as MailboxSession };
      entry.session = {
        fetchPart: () => fetchPart(nth),
        close: async () => void (entry.isClosed = true),
      } as unknown as MailboxSession;
      opened.push(entry);
      return entry.session;
    },
  });
});

const read = async (): Promise<string> => {
  const chunks: string[] = [];
  for await (const chunk of await openAttachment(ALICE, PLACE, pool)) chunks.push(String(chunk));
  return chunks.join('');
};
const closed = () => opened.filter(({ isClosed }) => isClosed).length;

it('reads twenty files one after the other over one connection', async () => {
  for (let at = 0; at < 20; at += 1) expect(await read()).toBe('content');
  expect(opened.length).toBe(1);
});

it('never has more than two connections for an account, and everybody gets a turn', async () => {
  expect(await Promise.all(Array.from({ length: 20 }, read))).toEqual(Array(20).fill('content'));
  expect(opened.length).toBe(2);
});

it('gives another account its own connection', async () => {
  await pool.borrow(ALICE);
  await pool.borrow(ALICE);
  await pool.borrow(BOB);
  expect(opened.length).toBe(3);
});

it('closes what nobody uses any more', async () => {
  await read();
  expect(closed()).toBe(0);
  idleOver();
  await turn();
  expect(closed()).toBe(1);
  await read();
  expect(opened.length).toBe(2);
});

it('does not keep a connection whose answer was not read to its end', async () => {
  const content = await openAttachment(ALICE, PLACE, pool);
  content.destroy();
  await turn();
  expect(closed()).toBe(1);
});

it('tries once more when a kept connection was closed by the server meanwhile', async () => {
  await read();
  fetchPart = (nth) =>
    nth === 0 ? Promise.reject(new MailError('EMAIL_CONNECTION_LOST')) : Promise.resolve(Readable.from(['again']));
  expect(await read()).toBe('again');
  expect([opened.length, closed()]).toEqual([2, 1]);
});

it('says what is wrong when a new connection fails, and lets the next one in', async () => {
  fetchPart = () => Promise.reject(new MailError('EMAIL_MESSAGE_GONE'));
  for (let at = 0; at < 3; at += 1) await expect(read()).rejects.toMatchObject({ code: 'EMAIL_MESSAGE_GONE' });
  expect(closed()).toBe(3);
});

it('keeps nothing of an account that was unlinked', async () => {
  const borrowed = await pool.borrow(ALICE);
  await read();
  pool.drop(ALICE.id);
  borrowed.giveBack(true);
  expect([opened.length, closed()]).toEqual([2, 2]);
});

it('readers who went away neither wait nor open anything', async () => {
  const busy = [await pool.borrow(ALICE), await pool.borrow(ALICE)];
  const gone = new AbortController();
  const left = Array.from({ length: 30 }, () => openAttachment(ALICE, PLACE, pool, gone.signal));
  const stays = read();
  gone.abort();
  const ends = await Promise.allSettled(left);
  expect(ends.every((end) => end.status === 'rejected')).toBe(true);
  busy.forEach(({ giveBack }) => giveBack(true));
  expect(await stays).toBe('content');
  expect(opened.length).toBe(2);
});

describe('a pause that the server asks for', () => {
  const until = new Date(5_000_000);
  const throttled = (): MailError => new MailError('EMAIL_THROTTLED', { retryAt: until });
  let told: [number, Date][];
  beforeEach(() => {
    told = [];
    pool.whenPaused(({ id }, when) => void told.push([id, when]));
  });

  it('when a file is asked for is told', async () => {
    fetchPart = () => Promise.reject(throttled());
    await expect(read()).rejects.toMatchObject({ code: 'EMAIL_THROTTLED' });
    expect(told).toContainEqual([1, until]);
  });

  it('in the middle of a file is told', async () => {
    fetchPart = () =>
      Promise.resolve(
        Readable.from(
          (async function* () {
            yield 'con';
            await turn();
            throw throttled();
          })(),
        ),
      );
    await expect(read()).rejects.toThrow();
    expect(told).toEqual([[1, until]]);
  });

  it('at the login is told; other errors are not', async () => {
    const refusing = new SessionPool({
      clock: { now: () => 0, sleep: () => new Promise(() => undefined) },
      open: () => Promise.reject(told.length === 0 ? throttled() : new MailError('EMAIL_CONNECTION_LOST')),
    });
    refusing.whenPaused(({ id }, when) => void told.push([id, when]));
    await expect(refusing.borrow(ALICE)).rejects.toThrow();
    await expect(refusing.borrow(ALICE)).rejects.toThrow();
    expect(told).toEqual([[1, until]]);
  });
});
