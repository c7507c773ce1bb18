import type { WireThread } from '../../../shared/wire';
import { avatarHue, fileSize, initials, shortTime } from '../../format';
import { mergePages } from '../merge-pages';

const thread = (id: number, lastMessageAt: number) => ({ id, lastMessageAt }) as WireThread;

it('a refreshed first page keeps the older ones that were loaded, without doubles', () => {
  const old = { threads: [thread(1, 90), thread(2, 80), thread(3, 70), thread(4, 60)], nextBefore: 'old' };
  const merged = mergePages(old, { threads: [thread(3, 100), thread(1, 90)], nextBefore: 'fresh' });
  expect(merged.threads.map(({ id }) => id)).toEqual([3, 1, 2, 4]);
  expect(merged.nextBefore).toBe('old');
});
it('a folder that fits one page is exactly that page', () =>
  expect(
    mergePages(
      { threads: [thread(9, 1)], nextBefore: null },
      { threads: [thread(1, 2)], nextBefore: null },
    ).threads.map(({ id }) => id),
  ).toEqual([1]));

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
