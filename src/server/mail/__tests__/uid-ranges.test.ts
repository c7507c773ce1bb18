import { countUids, isWithin, mergeRanges, parseUidSet } from '../uid-ranges';

it('reads a set without counting it out, and leaves out what is no number', () => {
  expect(parseUidSet('7,41:43,9:5,1:4294967295')).toEqual([
    { from: 7, to: 7 },
    { from: 41, to: 43 },
    { from: 5, to: 9 },
    { from: 1, to: 4_294_967_295 },
  ]);
  expect(parseUidSet('0,*,4:*,-3,x,,4294967296,1e3,5 6')).toEqual([]);
});

it('merges what overlaps or touches', () => {
  const merged = mergeRanges(parseUidSet('9,1:3,4,2:6,20:30,8'));
  expect(merged).toEqual([
    { from: 1, to: 6 },
    { from: 8, to: 9 },
    { from: 20, to: 30 },
  ]);
  expect(countUids(merged)).toBe(19);
});

it('finds a UID among very many ranges as a list of them would', () => {
  const merged = mergeRanges(Array.from({ length: 1_000 }, (_, at) => ({ from: at * 10 + 1, to: at * 10 + 3 })));
  for (let uid = 0; uid < 10_020; uid += 1)
    expect(isWithin(merged, uid)).toBe(uid > 0 && uid <= 9_993 && uid % 10 >= 1 && uid % 10 <= 3);
  expect(isWithin([], 1)).toBe(false);
});
