import { LastMove } from '../last-move';

const calls: string[] = [];
const back = (name: string) => (): void => void calls.push(name);
beforeEach(() => void calls.splice(0));

it('what was moved is taken back once', () => {
  const last = new LastMove();
  expect(last.answered(last.begin(), back('a'))).toBe(true);
  expect(last.takeBack()).toBe(true);
  expect(last.takeBack()).toBe(false);
  expect(calls).toEqual(['a']);
});

it('a key before the answer takes back what was moved last, and not what was moved before', () => {
  const last = new LastMove();
  last.answered(last.begin(), back('a'));
  const second = last.begin();
  last.takeBack();
  expect(calls).toEqual([]);
  expect(last.answered(second, back('b'))).toBe(false);
  expect(calls).toEqual(['b']);
});

it('an answer that comes after another move has begun offers nothing', () => {
  const last = new LastMove();
  const [first, second] = [last.begin(), last.begin()];
  expect(last.answered(first, back('a'))).toBe(false);
  expect(last.answered(second, back('b'))).toBe(true);
  last.takeBack();
  expect(calls).toEqual(['b']);
});

it('what failed, was refused, or is offered no more is not taken back', () => {
  const last = new LastMove();
  const first = last.begin();
  last.forget(first);
  last.takeBack();
  const second = last.begin();
  last.forget();
  expect(last.answered(second, back('b'))).toBe(false);
  last.answered(last.begin(), back('c'));
  last.forget(second);
  last.takeBack();
  expect(calls).toEqual(['c']);
});
