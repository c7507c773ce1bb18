import { SHOWN_RECIPIENTS, THREAD_BODIES, THREAD_PAGE_SIZE } from '../../shared/limits';
import type { WireMoved, WireThreadDetail } from '../../shared/wire';
import type { Services } from '../services';
import { MailError } from '../errors/mail-error';
import type { FolderRole } from '../mail/folder-role';
import type { AccountId, UserId } from '../mail/ids';
import type { FolderRow } from '../ports/records';
import type { Meaning } from '../runtime/database-mail-changes';
import { parseQuery } from '../search/parse-query';
import { idOf, type MailAction, type MailRequest } from './answer';
import { showMessages } from './show-message';

const MOST_AT_ONCE = 200;
/** SQLite allows 32,766 variables in a statement. */
const MOST_MESSAGES = 20_000;

/** Conversations of the signed-in user. */
export function emailThreads(services: Services): Record<string, MailAction> {
  const { mailbox, search } = services;
  return {
    /** One page of a folder: `folderId`, and `before` from the page before. */
    list: async ({ user, params }) => {
      const folder = await mailbox.folder(user, idOf(params.folderId, 'folderId'));
      return mailbox.threads(user, folder, placeOf(params.before), THREAD_PAGE_SIZE);
    },
    /** A page of what `query` finds in all mailboxes of the user; `timeZone` says when days begin. */
    search: async ({ user, values }) => {
      const query = parseQuery(textOf(values, 'query'), textOf(values, 'timeZone', 'UTC'));
      return search.threads(user, query, placeOf(values.before), THREAD_PAGE_SIZE);
    },
    get: async ({ user, params }) => {
      const id = idOf(params.filterByTk, 'filterByTk');
      const joinCount = await mailbox.joinCount(user, id);
      const content = await mailbox.thread(user, id, THREAD_BODIES);
      const [first] = content.messages;
      return {
        id,
        accountId: first.accountId,
        subject: first.subject,
        joinCount,
        messages: showMessages(content, SHOWN_RECIPIENTS),
      } satisfies WireThreadDetail;
    },
    ...changes(services),
  };
}

/** @throws MailError `EMAIL_INVALID_INPUT` when it is no text, and missing without anything to stand for it */
function textOf(values: MailRequest['values'], field: string, otherwise?: string): string {
  const value = values[field] ?? otherwise;
  if (typeof value !== 'string') throw new MailError('EMAIL_INVALID_INPUT', { params: { field } });
  return value;
}

/** Conversations that a request names: `ids` in the body, or one by `filterByTk`. */
function idsOf({ params, values }: MailRequest): number[] {
  if (values.ids === undefined) return [idOf(params.filterByTk, 'filterByTk')];
  return numbersIn(values, 'ids', MOST_AT_ONCE);
}

function numbersIn(values: MailRequest['values'], field: string, most: number): number[] {
  const list: unknown = values[field];
  if (!Array.isArray(list) || list.length < 1 || list.length > most)
    throw new MailError('EMAIL_INVALID_INPUT', { params: { field } });
  return list.map((id: unknown) => idOf(id, field));
}

/** Which of their messages: `messageIds`, or `upTo`, the newest that whoever asks has seen; and `joinCount`, as they have seen it of the one conversation. */
function meantIn({ values }: MailRequest): Meaning {
  const { messageIds, upTo, joinCount, ids } = values;
  const isOfOne = messageIds === undefined && (!Array.isArray(ids) || ids.length === 1);
  const isCount = typeof joinCount === 'number' && Number.isSafeInteger(joinCount) && joinCount >= 0;
  if (joinCount !== undefined && !(isOfOne && isCount))
    throw new MailError('EMAIL_INVALID_INPUT', { params: { field: 'joinCount' } });
  return {
    ...(messageIds === undefined ? {} : { messages: numbersIn(values, 'messageIds', MOST_MESSAGES) }),
    ...(upTo === undefined ? {} : { upTo: idOf(upTo, 'upTo') }),
    ...(isCount ? { joinCount } : {}),
  };
}

/** Changes: at once here, soon after at the server. All of them take `ids` or `filterByTk`, and what `meantIn` reads. */
function changes({ mailbox, mailChanges, wakeups, live }: Services): Record<string, MailAction> {
  const told = async (user: UserId, account: AccountId): Promise<{ ok: true }> => {
    await wakeups.wakeSync(account, 'intents');
    live.changed(user, { accountId: account, topic: 'mail' });
    return { ok: true };
  };
  const folderIn = ({ user, values }: MailRequest, field: string): Promise<FolderRow> =>
    mailbox.folder(user, idOf(values[field], field));
  const toRole = async (request: MailRequest, role: FolderRole): Promise<WireMoved & { ok: true }> => {
    const from = await folderIn(request, 'folderId');
    const target = await mailbox.folderOfRole(request.user, from.accountId, role);
    const { account, messages } = await mailChanges.move(request.user, idsOf(request), from, target, meantIn(request));
    return { ...(await told(request.user, account)), folderId: target.id, messageIds: messages };
  };
  return {
    mark: async (request) => {
      const isRead = request.values.isRead !== false;
      const accounts = await mailChanges.mark(request.user, idsOf(request), isRead, meantIn(request));
      for (const account of accounts) await told(request.user, account);
      return { ok: true };
    },
    star: async (request) => {
      const isStarred = request.values.isStarred !== false;
      const accounts = await mailChanges.star(request.user, idsOf(request), isStarred, meantIn(request));
      for (const account of accounts) await told(request.user, account);
      return { ok: true };
    },
    /** From `folderId` to `targetId`, both of the same mailbox. */
    move: async (request) => {
      const [from, target] = [await folderIn(request, 'folderId'), await folderIn(request, 'targetId')];
      const { account, messages } = await mailChanges.move(
        request.user,
        idsOf(request),
        from,
        target,
        meantIn(request),
      );
      return { ...(await told(request.user, account)), folderId: target.id, messageIds: messages };
    },
    archive: (request) => toRole(request, 'archive'),
    trash: (request) => toRole(request, 'trash'),
    /** Deletes for ever what lies in `folderId`. */
    erase: async (request) => {
      const from = await folderIn(request, 'folderId');
      return told(request.user, await mailChanges.erase(request.user, idsOf(request), from, meantIn(request)));
    },
  };
}

/** Where a page begins; one of another kind must not quietly be the first page, which a client would ask for without end. */
function placeOf(before: unknown): string | null {
  if (before === undefined || before === null || before === '') return null;
  if (typeof before !== 'string') throw new MailError('EMAIL_INVALID_INPUT', { params: { field: 'before' } });
  return before;
}
