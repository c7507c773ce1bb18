import { SHOWN_RECIPIENTS, THREAD_BODIES, THREAD_PAGE_SIZE } from '../../shared/limits';
import type { WireThreadDetail } from '../../shared/wire';
import type { Services } from '../services';
import { idOf, type MailAction } from './answer';
import { showMessages } from './show-message';

/** Conversations of the signed-in user. */
export function emailThreads({ mailbox, wakeups, live }: Services): Record<string, MailAction> {
  return {
    /** One page of a folder: `folderId`, and `before` from the page before. */
    list: async ({ user, params }) => {
      const folder = await mailbox.folder(user, idOf(params.folderId, 'folderId'));
      const before = typeof params.before === 'string' && params.before ? params.before : null;
      return mailbox.threads(user, folder, before, THREAD_PAGE_SIZE);
    },
    get: async ({ user, params }) => {
      const id = idOf(params.filterByTk, 'filterByTk');
      const content = await mailbox.thread(user, id, THREAD_BODIES);
      const [first] = content.messages;
      return {
        id,
        accountId: first.accountId,
        subject: first.subject,
        messages: showMessages(content, SHOWN_RECIPIENTS),
      } satisfies WireThreadDetail;
    },
    /** Marks a conversation read or unread: at once here, soon after at the server. */
    mark: async ({ user, params, values }) => {
      const account = await mailbox.markThread(user, idOf(params.filterByTk, 'filterByTk'), values.isRead !== false);
      await wakeups.wakeSync(account, 'intents');
      live.changed(user, { accountId: account, topic: 'mail' });
      return { ok: true };
    },
  };
}
