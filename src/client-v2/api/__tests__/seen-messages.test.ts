import type { WireThreadDetail, WireThreadPage } from '../../../shared/wire';
import { seenMessagesOf, SeenMessages } from '../seen-messages';

const page = (...threads: [id: number, newestId: number, messageCount: number][]): WireThreadPage =>
  ({
    threads: threads.map(([id, newestId, messageCount]) => ({ id, newestId, messageCount })),
    nextBefore: null,
  }) as unknown as WireThreadPage;
const thread = (id: number, ...messages: number[]): WireThreadDetail =>
  ({ id, messages: messages.map((one) => ({ id: one })) }) as unknown as WireThreadDetail;

it('a change is about what the browser was told of, by a list or by a conversation', () => {
  const seen = new SeenMessages();
  expect(seen.of(1)).toEqual({});
  seen.ofPage(page([1, 10, 2], [2, 20, 1]));
  seen.ofThread(thread(1, 9, 12, 11));
  expect([1, 2, 3].map((id) => seen.of(id))).toEqual([{ upTo: 12, seenCount: 3 }, { upTo: 20, seenCount: 1 }, {}]);
});

it('an older answer that comes later takes nothing back', () => {
  const seen = new SeenMessages();
  seen.ofPage(page([1, 10, 2]));
  seen.ofPage(page([1, 8, 1]));
  expect(seen.of(1)).toEqual({ upTo: 10, seenCount: 2 });
});

it('older messages that have come into a conversation are seen with the next answer', () => {
  const seen = new SeenMessages();
  seen.ofPage(page([1, 10, 2]));
  seen.ofPage(page([1, 10, 3]));
  expect(seen.of(1)).toEqual({ upTo: 10, seenCount: 3 });
});

it('is one for all components of an application', () => {
  const [one, other] = [{}, {}];
  seenMessagesOf(one).ofPage(page([1, 10, 1]));
  expect([seenMessagesOf(one).of(1), seenMessagesOf(other).of(1)]).toEqual([{ upTo: 10, seenCount: 1 }, {}]);
});

it('what says no message leaves all as it was', () => {
  const seen = new SeenMessages();
  seen.ofPage(page([1, undefined as never, 1], [2, 0, 0], [3, 30, 1]));
  seen.ofPage(page([3, undefined as never, 2]));
  expect([1, 2, 3].map((id) => seen.of(id))).toEqual([{}, {}, { upTo: 30, seenCount: 1 }]);
});
