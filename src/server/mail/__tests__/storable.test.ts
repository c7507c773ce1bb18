import { digestOf, objectKey, storable } from '../storable';

const long = (last: string): string => `${'E'.repeat(64)}${last}`;

it('keeps a short name, and never makes one of two long ones', () => {
  expect(objectKey('M6d99ac3275bb4e', 64)).toBe('M6d99ac3275bb4e');
  expect(objectKey(long('1'), 64)).not.toBe(objectKey(long('2'), 64));
  expect(objectKey(long('1'), 64)).toBe(objectKey(long('1'), 64));
  expect(objectKey(long('1'), 64).length).toBeLessThanOrEqual(64);
});

it('names of which no database keeps the difference stay different', () => {
  const all = ['a\ud800b', 'a\ud801b', 'a\ufffdb', 'a\u0000b', 'ab'];
  expect(new Set(all.map(digestOf)).size).toBe(all.length);
  expect(new Set(all.map((name) => objectKey(name, 64))).size).toBe(all.length);
  expect(all.map(storable)).toEqual(['a\ufffdb', 'a\ufffdb', 'a\ufffdb', 'ab', 'ab']);
});
