import type { WireThreadDetail, WireThreadPage } from '../../../shared/wire';
import { seenMessagesOf, SeenMessages } from '../seen-messages';

const page = (...threads: [id: number, newestId?: number, joinCount?: number][]): WireThreadPage =>
  ({
    threads: threads.map(([id, newestId, joinCount]) => ({ id, newestId, joinCount })),
    nextBefore: null,
  }) as unknown as WireThreadPage;
const thread = (id: number, joinCount: number, ...messages: number[]): WireThreadDetail =>
  ({ id, joinCount, messages: messages.map((one) => ({ id: one })) }) as unknown as WireThreadDetail;

it('a change is about what the browser was told of, by a list or by a conversation', () => {
  const seen = new SeenMessages();
  expect(seen.of(1)).toEqual({});
  seen.ofPage(page([1, 10, 0], [2, 20, 3]));
  seen.ofThread(thread(1, 1, 9, 12, 11));
  expect([1, 2, 3].map((id) => seen.of(id))).toEqual([{ upTo: 12, joinCount: 1 }, { upTo: 20, joinCount: 3 }, {}]);
});

it('an older answer that comes later takes nothing back', () => {
  const seen = new SeenMessages();
  seen.ofPage(page([1, 10, 2]));
  seen.ofPage(page([1, 8, 1]));
  expect(seen.of(1)).toEqual({ upTo: 10, joinCount: 2 });
});

it('that another conversation was joined to it is seen although its newest message has gone', () => {
  const seen = new SeenMessages();
  seen.ofPage(page([1, 10, 0]));
  seen.ofThread(thread(1, 1, 2, 8));
  expect(seen.of(1)).toEqual({ upTo: 10, joinCount: 1 });
});

it('is one for all components of an application', () => {
  const [one, other] = [{}, {}];
  seenMessagesOf(one).ofPage(page([1, 10, 0]));
  expect([seenMessagesOf(one).of(1), seenMessagesOf(other).of(1)]).toEqual([{ upTo: 10, joinCount: 0 }, {}]);
});

it('what says nothing leaves all as it was', () => {
  const seen = new SeenMessages();
  seen.ofPage(page([1], [2, 0], [3, 30]));
  seen.ofPage(page([3]));
  expect([1, 2, 3].map((id) => seen.of(id))).toEqual([{}, {}, { upTo: 30 }]);
});
