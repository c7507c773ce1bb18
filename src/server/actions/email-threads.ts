import { SHOWN_RECIPIENTS, THREAD_BODIES, THREAD_PAGE_SIZE } from '../../shared/limits';
import type { WireThreadDetail } from '../../shared/wire';
import type { Services } from '../services';
import { MailError } from '../errors/mail-error';
import type { FolderRole } from '../mail/folder-role';
import type { AccountId, UserId } from '../mail/ids';
import type { FolderRow } from '../ports/records';
import { idOf, type MailAction, type MailRequest } from './answer';
import { showMessages } from './show-message';

const MOST_AT_ONCE = 200;

/** Conversations of the signed-in user. */
export function emailThreads(services: Services): Record<string, MailAction> {
  const { mailbox } = services;
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
    ...changes(services),
  };
}

/** Conversations that a request names: `ids` in the body, or one by `filterByTk`. */
function idsOf({ params, values }: MailRequest): number[] {
  if (values.ids === undefined) return [idOf(params.filterByTk, 'filterByTk')];
  if (!Array.isArray(values.ids) || values.ids.length < 1 || values.ids.length > MOST_AT_ONCE)
    throw new MailError('EMAIL_INVALID_INPUT', { params: { field: 'ids' } });
  return values.ids.map((id: unknown) => idOf(id, 'ids'));
}

/** Changes: at once here, soon after at the server. All of them take `ids` or `filterByTk`. */
function changes({ mailbox, mailChanges, wakeups, live }: Services): Record<string, MailAction> {
  const told = async (user: UserId, account: AccountId): Promise<{ ok: true }> => {
    await wakeups.wakeSync(account, 'intents');
    live.changed(user, { accountId: account, topic: 'mail' });
    return { ok: true };
  };
  const folderIn = ({ user, values }: MailRequest, field: string): Promise<FolderRow> =>
    mailbox.folder(user, idOf(values[field], field));
  const toRole = async (request: MailRequest, role: FolderRole): Promise<{ ok: true; folderId: number }> => {
    const from = await folderIn(request, 'folderId');
    const target = await mailbox.folderOfRole(request.user, from.accountId, role);
    const account = await mailChanges.move(request.user, idsOf(request), from, target);
    return { ...(await told(request.user, account)), folderId: target.id };
  };
  return {
    mark: async (request) =>
      told(request.user, await mailChanges.mark(request.user, idsOf(request), request.values.isRead !== false)),
    star: async (request) =>
      told(request.user, await mailChanges.star(request.user, idsOf(request), request.values.isStarred !== false)),
    /** From `folderId` to `targetId`, both of the same mailbox. */
    move: async (request) => {
      const [from, target] = [await folderIn(request, 'folderId'), await folderIn(request, 'targetId')];
      return told(request.user, await mailChanges.move(request.user, idsOf(request), from, target));
    },
    archive: (request) => toRole(request, 'archive'),
    trash: (request) => toRole(request, 'trash'),
    /** Deletes for ever what lies in `folderId`. */
    erase: async (request) => {
      const from = await folderIn(request, 'folderId');
      return told(request.user, await mailChanges.erase(request.user, idsOf(request), from));
    },
  };
}
