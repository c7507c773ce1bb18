import type { WireThreadDetail, WireThreadPage } from '../../../shared/wire';
import { seenMessagesOf, SeenMessages } from '../seen-messages';

const page = (...threads: [id: number, newestId: number][]): WireThreadPage =>
  ({ threads: threads.map(([id, newestId]) => ({ id, newestId })), nextBefore: null }) as unknown as WireThreadPage;
const thread = (id: number, ...messages: number[]): WireThreadDetail =>
  ({ id, messages: messages.map((one) => ({ id: one })) }) as unknown as WireThreadDetail;

it('a change is about what the browser was told of, by a list or by a conversation', () => {
  const seen = new SeenMessages();
  expect(seen.upTo(1)).toEqual({});
  seen.ofPage(page([1, 10], [2, 20]));
  seen.ofThread(thread(1, 9, 12, 11));
  expect([seen.upTo(1), seen.upTo(2), seen.upTo(3)]).toEqual([{ upTo: 12 }, { upTo: 20 }, {}]);
});

it('an older answer that comes later takes nothing back', () => {
  const seen = new SeenMessages();
  seen.ofPage(page([1, 10]));
  seen.ofPage(page([1, 8]));
  expect(seen.upTo(1)).toEqual({ upTo: 10 });
});

it('is one for all components of an application', () => {
  const [one, other] = [{}, {}];
  seenMessagesOf(one).ofPage(page([1, 10]));
  expect([seenMessagesOf(one).upTo(1), seenMessagesOf(other).upTo(1)]).toEqual([{ upTo: 10 }, {}]);
});

it('what says no message leaves all as it was', () => {
  const seen = new SeenMessages();
  seen.ofPage(page([1, undefined as never], [2, 0], [3, 30]));
  seen.ofPage(page([3, undefined as never]));
  expect([seen.upTo(1), seen.upTo(2), seen.upTo(3)]).toEqual([{}, {}, { upTo: 30 }]);
});
