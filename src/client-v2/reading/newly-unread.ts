import type { WireMessage } from '../../shared/wire';

/**
 * Unread messages that this view has not yet asked to be marked read. One that was asked about and is unread again was
 * marked unread on purpose, here or in another program, and is left alone.
 */
export function newlyUnread(
  messages: readonly Pick<WireMessage, 'id' | 'isUnread'>[],
  asked: ReadonlySet<number>,
): number[] {
  return messages.filter(({ id, isUnread }) => isUnread && !asked.has(id)).map(({ id }) => id);
}
