import type { WireFolder } from '../../shared/wire';
import { folderRank } from '../mail/folder-role';
import type { FolderRow } from '../ports/records';
import type { Services } from '../services';
import { idOf, type MailAction } from './answer';

/** Folders of all accounts of the signed-in user, the special ones first. */
export function emailFolders({ mailbox, mailChanges, wakeups, live }: Services): Record<string, MailAction> {
  return {
    list: async ({ user }) => {
      const folders = await mailbox.folders(user);
      return folders
        .sort(
          (a, b) =>
            a.accountId - b.accountId || folderRank(a.role) - folderRank(b.role) || a.path.localeCompare(b.path),
        )
        .map(showFolder);
    },
    /** Marks everything in a folder read. */
    markRead: async ({ user, params }) => {
      const folder = await mailbox.folder(user, idOf(params.filterByTk, 'filterByTk'));
      const account = await mailChanges.markFolder(user, folder);
      await wakeups.wakeSync(account, 'intents');
      live.changed(user, { accountId: account, topic: 'mail' });
      return { ok: true };
    },
  };
}

/** A folder for its owner. */
export function showFolder(folder: FolderRow): WireFolder {
  const { id, accountId, path, name, role, isSelectable, totalCount, unreadCount } = folder;
  const depth = folder.delimiter ? path.split(folder.delimiter).length - 1 : 0;
  const error = folder.errorCode ? { code: folder.errorCode, params: {} } : null;
  return {
    id,
    accountId,
    path,
    name,
    depth,
    role,
    isSelectable: Boolean(isSelectable),
    totalCount,
    unreadCount,
    error,
  };
}
