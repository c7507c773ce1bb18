import { chooseStrategy, type FolderFacts } from '../choose-strategy';
import { readCursor, writeCursor, type Mark } from '../folder-cursor';
import { newsOf } from '../list-folders';
import { uidSet } from '../uid-set';
import { remoteId } from '../../../mail/ids';
import type { FolderCursor } from '../../../ports/session';

const facts: FolderFacts = {
  epoch: '7',
  objectId: null,
  exists: 10,
  uidNext: 20,
  modseq: '500',
  extensions: { condstore: true, qresync: true },
};
const mark: Mark = { epoch: '7', next: 15, exists: 9, modseq: '400', sweep: null };
const chosen = (
  more: Partial<FolderFacts>,
  old: Partial<Mark> | null = {},
  depth: 'changes' | 'everything' = 'changes',
) => {
  const { kind, sweeps, isReborn } = chooseStrategy({ ...facts, ...more }, old && { ...mark, ...old }, { depth });
  return `${kind}${sweeps ? ' sweeping' : ''}${isReborn ? ' reborn' : ''}`;
};

it('uses the best that the server knows', () => {
  expect(chosen({})).toBe('qresync');
  expect(chosen({ extensions: { condstore: true, qresync: false } })).toBe('condstore');
  expect(chosen({ extensions: { condstore: false, qresync: false }, modseq: null })).toBe('plain');
});
it('begins anew where it must', () => {
  expect(chosen({}, null)).toBe('first sweeping');
  expect(chosen({ epoch: '8' })).toBe('first sweeping');
  expect(chosen({ uidNext: 3 })).toBe('first sweeping reborn');
});
it('compares everything when asked, when it has no count yet, and when MODSEQ cannot be trusted', () => {
  expect(chosen({}, {}, 'everything')).toBe('qresync sweeping');
  expect(chosen({}, { exists: null })).toBe('plain sweeping');
  expect(chosen({ modseq: '399' })).toBe('plain sweeping');
  expect(chosen({}, { modseq: null })).toBe('plain sweeping');
});
it('says why', () => {
  expect(chooseStrategy({ ...facts, epoch: '8' }, mark, { depth: 'changes' }).reason).toBe(
    'UIDVALIDITY is another one',
  );
  expect(chooseStrategy({ ...facts, modseq: null }, mark, { depth: 'changes' }).reason).toBe(
    'the server has no CONDSTORE',
  );
});

it('cursors come back as they were written, and fit into their column', () => {
  const sweep = { left: 499_000, above: 4_294_967_296, again: true };
  const large = { epoch: '4294967295', next: 4_294_967_295, exists: 500_000, modseq: '9'.repeat(19), sweep };
  expect(readCursor(writeCursor(large))).toEqual(large);
  expect(writeCursor(large).length).toBeLessThan(256);
  expect(readCursor(writeCursor({ ...mark, sweep: { ...sweep, above: null } }))?.sweep?.above).toBeNull();
});
it('reads the cursors of the first edition', () =>
  expect(readCursor('{"v":"7","n":15}' as FolderCursor)).toEqual({
    epoch: '7',
    next: 15,
    exists: null,
    modseq: null,
    sweep: null,
  }));

describe('a STATUS against a cursor', () => {
  const status = { path: 'x', messages: 9, uidNext: 15, uidValidity: 7n, unseen: 2, highestModseq: 400n };
  const kind = (more: object, old: Partial<Mark> = {}) =>
    newsOf({ ...status, ...more }, writeCursor({ ...mark, ...old }));
  it('says whether there is something to look at', () => {
    expect(kind({})).toEqual({ kind: 'none', namesFlags: true, unseen: 2 });
    expect(kind({ highestModseq: 401n }).kind).toBe('some');
    expect(kind({ messages: 8 }).kind).toBe('some');
    expect(kind({ uidNext: 16 }).kind).toBe('some');
    expect(kind({ uidValidity: 8n }).kind).toBe('some');
    expect(kind({}, { sweep: { left: 5, above: 9, again: false } }).kind).toBe('some');
  });
  it('says what the server does not say', () => {
    expect(kind({ highestModseq: undefined })).toMatchObject({ kind: 'none', namesFlags: false });
    expect(kind({ uidNext: undefined }).kind).toBe('unknown');
    expect(newsOf(null, null)).toEqual({ kind: 'unknown', namesFlags: false, unseen: null });
    expect(newsOf(status, null).kind).toBe('some');
  });
});

it('joins neighbours in a sequence set', () =>
  expect(uidSet([7, 1, 2, 3, 9, 8, 2].map((uid) => remoteId('1', uid)))).toBe('1:3,7:9'));

it('begins anew where UIDNEXT is not above what was known before the last look', () => {
  const look = (highestUid: number | null) => chooseStrategy(facts, mark, { depth: 'changes', highestUid });
  expect(look(facts.uidNext).isReborn).toBe(true);
  expect(look((facts.uidNext ?? 0) - 1).isReborn).toBe(false);
  expect(look(null).isReborn).toBe(false);
  expect(chooseStrategy({ ...facts, uidNext: null }, mark, { depth: 'changes', highestUid: 900 }).isReborn).toBe(false);
});
