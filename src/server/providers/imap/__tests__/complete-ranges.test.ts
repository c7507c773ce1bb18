import { LAST_UID } from '../../../ports/session';
import { completeRanges, type Window } from '../complete-ranges';

const TOP = LAST_UID + 1;
/** `uids` by sequence number from `from` on; null: this one did not answer. */
const window = (from: number, uids: readonly (number | null)[], above: number | null = TOP): Window => ({
  from,
  to: from + uids.length - 1,
  above,
  answered: uids.flatMap((uid, at) => (uid === null ? [] : [{ seq: from + at, uid }])),
});

it('a whole folder that answered is complete from the first UID to the last there can be', () =>
  expect(completeRanges(window(1, [10, 20, 90]))).toEqual({ ranges: [{ from: 1, to: LAST_UID }], above: 1 }));

it('a window covers everything from its lowest UID to the window above', () => {
  expect(completeRanges(window(5, [50, 60, 70], 100))).toEqual({ ranges: [{ from: 50, to: 99 }], above: 50 });
});

it('around a message that did not answer nobody knows', () => {
  expect(completeRanges(window(1, [10, 20, null, 40, 50]))).toEqual({
    ranges: [
      { from: 40, to: LAST_UID },
      { from: 1, to: 20 },
    ],
    above: 1,
  });
});

it('a message that did not answer at the edge is nobody’s: not of this window, and not of the next', () => {
  const upper = completeRanges(window(3, [null, 40, 50]));
  expect(upper).toEqual({ ranges: [{ from: 40, to: LAST_UID }], above: null });
  expect(completeRanges(window(1, [10, 20], upper.above)).ranges).toEqual([{ from: 1, to: 20 }]);
  expect(completeRanges(window(1, [10, null], 40)).ranges).toEqual([{ from: 1, to: 10 }]);
});

it('goes on where it stopped although messages below were expunged: what was compared may be compared again', () =>
  expect(completeRanges(window(3, [30, 50, 70], 60))).toEqual({ ranges: [{ from: 30, to: 70 }], above: 30 }));

it('nothing answered: nothing is complete', () =>
  expect(completeRanges(window(1, [null, null]))).toEqual({ ranges: [], above: null }));

it('a server whose UIDs do not rise is not believed', () =>
  expect(completeRanges(window(1, [10, 90, 40])).ranges).toEqual([
    { from: 40, to: LAST_UID },
    { from: 1, to: 10 },
  ]));
