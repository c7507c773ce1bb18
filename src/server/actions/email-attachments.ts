import type { Context } from '@nocobase/actions';
import { openAttachment } from '../attachments/open-attachment';
import type { Services } from '../services';
import { idOf, sendFile, type MailAction } from './answer';

/** Files of received mail, streamed from the mailbox on demand; nothing of them is stored here. */
export function emailAttachments(services: Services): Record<string, MailAction> {
  return {
    download: async ({ ctx, user, params }) => {
      const found = await services.mailbox.attachment(user, idOf(params.filterByTk, 'filterByTk'));
      const account = await services.accounts.own(user, found.attachment.accountId);
      const content = await openAttachment(account, found, services.sessions, goneSignal(ctx));
      const { filename, contentType } = found.attachment;
      return sendFile(ctx, { filename, contentType, content });
    },
  };
}

/** Fires when the browser has gone away: a reload must not leave a queue of downloads that nobody reads. */
function goneSignal({ res }: Context): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  return gone.signal;
}
