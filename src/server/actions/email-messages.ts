import type { Services } from '../services';
import { idOf, type MailAction } from './answer';
import { showMessages } from './show-message';

/** Single messages of the signed-in user. */
export function emailMessages({ mailbox }: Services): Record<string, MailAction> {
  return {
    /** One message with its body and every recipient, for older ones of a long conversation. */
    get: async ({ user, params }) =>
      showMessages(await mailbox.message(user, idOf(params.filterByTk, 'filterByTk')), Number.MAX_SAFE_INTEGER)[0],
  };
}
