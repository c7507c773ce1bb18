import type { WireThread } from '../../../shared/wire';
import { avatarHue, fileSize, initials, shortTime } from '../../format';
import { appendPage, mergePages, type LoadedThreads } from '../merge-pages';

const thread = (id: number, lastMessageAt: number, newestId = id): WireThread =>
  ({ id, lastMessageAt, newestId }) as WireThread;
/** Conversations whose ids are their times, newest first. */
const rows = (from: number, to: number): WireThread[] =>
  Array.from({ length: from - to + 1 }, (_, at) => thread(from - at, from - at));
const ids = ({ threads }: LoadedThreads) => threads.map(({ id }) => id);
const idsOf = (threads: readonly WireThread[]) => threads.map(({ id }) => id);

describe('a first page that reaches what was loaded', () => {
  it('keeps the older ones, without doubles', () => {
    const old = { threads: [thread(1, 90), thread(2, 80), thread(3, 70), thread(4, 60)], nextBefore: 'old' };
    const merged = mergePages(old, { threads: [thread(3, 100), thread(1, 90)], nextBefore: 'fresh' });
    expect(ids(merged)).toEqual([3, 1, 2, 4]);
    expect(merged.nextBefore).toBe('old');
  });

  it('keeps all that was loaded for a reader who is far down', () => {
    const merged = mergePages(
      { threads: rows(300, 1), nextBefore: 'old' },
      { threads: rows(310, 261), nextBefore: 'fresh' },
    );
    expect(ids(merged)).toEqual(idsOf(rows(310, 1)));
    expect(merged.nextBefore).toBe('old');
  });

  it('keeps what was loaded if one row is the same, at its very end', () => {
    const merged = mergePages({ threads: rows(10, 8), nextBefore: null }, { threads: rows(59, 10), nextBefore: 'f' });
    expect(ids(merged)).toEqual(idsOf(rows(59, 8)));
    expect(merged.nextBefore).toBeNull();
  });

  it('drops what was removed above its end, and keeps what is below', () => {
    const old = { threads: rows(8, 1), nextBefore: 'old' };
    const merged = mergePages(old, { threads: [thread(7, 7), thread(5, 5)], nextBefore: 'fresh' });
    expect(ids(merged)).toEqual([7, 5, 4, 3, 2, 1]);
  });

  it('knows of rows of the same time by their place what is below and what was removed', () => {
    const old = { threads: [5, 4, 3, 2, 1].map((id) => thread(id, 70)), nextBefore: 'old' };
    const merged = mergePages(old, { threads: [thread(6, 70), thread(4, 70), thread(3, 70)], nextBefore: 'fresh' });
    expect(ids(merged)).toEqual([6, 4, 3, 2, 1]);
    expect(merged.nextBefore).toBe('old');
  });

  it('goes on below itself if nothing was loaded there', () => {
    const merged = mergePages({ threads: rows(3, 1), nextBefore: null }, { threads: rows(3, 1), nextBefore: 'f' });
    expect(merged).toEqual({ threads: rows(3, 1), nextBefore: 'f' });
  });
});

describe('a first page that does not reach what was loaded', () => {
  const fresh = { threads: rows(119, 70), nextBefore: 'fresh' };

  it.each([
    ['two rows', { threads: rows(2, 1), nextBefore: null }],
    ['an inbox that is known to its end', { threads: rows(47, 1), nextBefore: null }],
    ['several pages', { threads: rows(69, 1), nextBefore: 'old' }],
  ])('takes the place of %s, and leads to what lies between', (_, old) =>
    expect(mergePages(old, fresh)).toEqual(fresh),
  );

  it('is not joined to it by a conversation that jumped up', () => {
    const jumped = { threads: [thread(2, 200, 130), ...rows(119, 71)], nextBefore: 'fresh' };
    expect(mergePages({ threads: rows(2, 1), nextBefore: null }, jumped)).toEqual(jumped);
  });

  it('is not joined to it by one that jumped up within the same second', () => {
    const threads = [thread(2, 2, 130), ...rows(119, 71).map(({ id }) => thread(id, 2))];
    const jumped = { threads, nextBefore: 'fresh' };
    expect(mergePages({ threads: rows(2, 1), nextBefore: null }, jumped)).toEqual(jumped);
  });

  it('is not joined to it by the same time alone', () => {
    const level = { threads: rows(119, 70), nextBefore: 'fresh' };
    expect(mergePages({ threads: [thread(1, 70)], nextBefore: null }, level)).toEqual(level);
  });

  it('is not joined to it by a row that was removed meanwhile', () => {
    const old = { threads: [thread(500, 100), thread(1, 1)], nextBefore: null };
    expect(mergePages(old, fresh)).toEqual(fresh);
  });

  it('is all there is where nothing was loaded', () =>
    expect(mergePages({ threads: [], nextBefore: null }, fresh)).toEqual(fresh));
});

it('a folder that fits one page is exactly that page', () =>
  expect(
    ids(mergePages({ threads: [thread(9, 1)], nextBefore: null }, { threads: [thread(1, 2)], nextBefore: null })),
  ).toEqual([1]));

it('a folder that was emptied is empty', () =>
  expect(mergePages({ threads: rows(60, 1), nextBefore: 'old' }, { threads: [], nextBefore: null })).toEqual({
    threads: [],
    nextBefore: null,
  }));

it('a search that has looked far without finding anything keeps what was found further down', () => {
  const old = { threads: rows(2, 1), nextBefore: 'old' };
  expect(mergePages(old, { threads: [], nextBefore: 'far' })).toEqual(old);
});

describe('the next page', () => {
  const shown = { threads: [thread(3, 100), thread(2, 90)], nextBefore: 'here' };

  it('goes below what is shown, without what came again with an older message of its', () =>
    expect(appendPage(shown, { threads: [thread(3, 80), thread(1, 70)], nextBefore: 'on' }, 'here')).toEqual({
      threads: [thread(3, 100), thread(2, 90), thread(1, 70)],
      nextBefore: 'on',
    }));

  it('is left alone if the list goes on elsewhere since it was asked for', () =>
    expect(appendPage(shown, { threads: [thread(1, 70)], nextBefore: null }, 'before')).toEqual(shown));
});

it('formats for people', () => {
  const now = new Date(2026, 10, 21, 15, 0).getTime();
  expect(shortTime(new Date(2026, 10, 21, 9, 5).getTime(), 'en-GB', now)).toBe('09:05');
  expect(shortTime(new Date(2026, 0, 2).getTime(), 'en-GB', now)).toMatch(/2 Jan/);
  expect([fileSize(0), fileSize(1536), fileSize(25 * 1024 * 1024)]).toEqual(['0 B', '1.5 KB', '25 MB']);
  expect([initials('Ann Lee'), initials('山田太郎'), initials('bob@x.test'), initials('')]).toEqual([
    'AL',
    '山',
    'BX',
    '?',
  ]);
  expect(avatarHue('a@b.c')).toBe(avatarHue('a@b.c'));
});
