import type { FolderNews } from '../../ports/session';
import { BUDGET, isSaid, planLook, turnsOnWishes, type FolderKnowledge } from '../plan-look';

const NOW = 100 * 60 * 60_000;
const news = (more: Partial<FolderNews> = {}): FolderNews => ({ kind: 'none', namesFlags: false, unseen: 5, ...more });
const known = (more: Partial<FolderKnowledge> = {}): FolderKnowledge => ({
  news: news(),
  isNew: false,
  unread: 5,
  hasWishes: false,
  departed: 0,
  hasUncounted: false,
  unreadGap: 0,
  scannedAt: NOW - 60_000,
  wantsOlder: false,
  ...more,
});
const depth = (more: Partial<FolderKnowledge>) => planLook(known(more), NOW, BUDGET).depth;

it('what left here and is counted there still is looked for', () => expect(depth({ departed: 1 })).toBe('changes'));
it('what has come here and is not counted there yet is looked for', () =>
  expect(depth({ hasUncounted: true })).toBe('changes'));

it('leaves a quiet folder alone', () => {
  expect(depth({})).toBe('none');
});
it('looks where there is news, and where the server does not say', () => {
  expect(depth({ news: news({ kind: 'some' }) })).toBe('changes');
  expect(depth({ news: news({ kind: 'unknown' }) })).toBe('changes');
});
it('compares everything when the number of unread messages differs: a flag changed without a word', () => {
  expect(depth({ unread: 4 })).toBe('everything');
  expect(planLook(known({ unread: 4 }), NOW, BUDGET).unreadGap).toBeNull();
});
it('knows that an account may list only part of a folder: it is the difference to the last time that counts', () => {
  expect(depth({ unread: 2, unreadGap: 3 })).toBe('none');
  expect(planLook(known({ unread: 2, unreadGap: null }), NOW, BUDGET)).toMatchObject({ depth: 'none', unreadGap: 3 });
});
it('draws no conclusion while changes made here are on their way', () =>
  expect(depth({ unread: 4, hasWishes: true })).toBe('none'));
it('asks for them only where they would make a difference', () => {
  expect(turnsOnWishes(known({}))).toBe(false);
  expect(turnsOnWishes(known({ unread: 4 }))).toBe(true);
  expect(turnsOnWishes(known({ unreadGap: null }))).toBe(true);
  expect(turnsOnWishes(known({ unread: 4, news: news({ namesFlags: true }) }))).toBe(false);
  expect(turnsOnWishes(known({ unread: 4, news: news({ unseen: null }) }))).toBe(false);
});
it('compares all flags twice an hour, however busy the folder is, and once a day where the server names changes', () => {
  const half = { scannedAt: NOW - 31 * 60_000 };
  expect(depth(half)).toBe('everything');
  expect(depth({ ...half, news: news({ kind: 'some' }) })).toBe('everything');
  expect(depth({ ...half, news: news({ namesFlags: true }) })).toBe('none');
  expect(depth({ scannedAt: NOW - 25 * 60 * 60_000, news: news({ namesFlags: true }) })).toBe('everything');
});
it('bounds what repeats itself, and nothing of a first look', () => {
  expect(planLook(known({ scannedAt: 0 }), NOW, BUDGET).budget).toBe(10_000);
  expect(planLook(known({ isNew: true, scannedAt: null }), NOW, BUDGET).budget).toBeGreaterThan(1e9);
  expect(planLook(known({ wantsOlder: true }), NOW, BUDGET)).toMatchObject({
    depth: 'everything',
    budget: Number.MAX_SAFE_INTEGER,
  });
});

describe('a folder without news', () => {
  const row = { role: 'inbox', lastSyncAt: NOW, errorCode: null, unreadGap: 0 } as const;

  it('is written to only where its row says something else', () => {
    expect(isSaid(row, 0)).toBe(true);
    expect(isSaid(row, 1)).toBe(false);
    expect(isSaid({ ...row, lastSyncAt: null }, 0)).toBe(false);
  });

  it('is in trouble no longer; an inbox, which is opened next, not before it could be', () => {
    const sick = { ...row, errorCode: 'EMAIL_FOLDER_CHANGED' } as const;
    expect(isSaid({ ...sick, role: 'archive' }, 0)).toBe(false);
    expect(isSaid(sick, 1)).toBe(true);
  });
});
