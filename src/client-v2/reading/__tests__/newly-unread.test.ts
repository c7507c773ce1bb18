import { newlyUnread } from '../newly-unread';

const messages = [
  { id: 1, isUnread: false },
  { id: 2, isUnread: true },
  { id: 3, isUnread: true },
];

it('asks for every unread message when the conversation is opened', () => {
  expect(newlyUnread(messages, new Set())).toEqual([2, 3]);
});

it('asks for the one that arrives, and not again for one that was marked unread on purpose', () => {
  expect(newlyUnread([...messages, { id: 4, isUnread: true }], new Set([2, 3]))).toEqual([4]);
  expect(newlyUnread(messages, new Set([2, 3]))).toEqual([]);
});
