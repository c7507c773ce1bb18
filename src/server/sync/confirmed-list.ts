import { MailError } from '../errors/mail-error';
import type { FolderRow } from '../ports/records';
import type { FolderCursor, RemoteFolder } from '../ports/session';
import { TRIVIAL } from './plan-folder';
import { onAnotherLine, type SyncPorts } from './sync-folder';

/**
 * The server's folders. A list that lacks folders with more than a few mails is asked for once more on another line, and that one counts: a server in
 * trouble has been seen to list less than there is. Where no other line can be had the list is believed, and its folders go with the next one only.
 * @param before what is known of the account's folders
 */
export async function confirmedList(
  before: readonly FolderRow[],
  ports: Pick<SyncPorts, 'session' | 'freshSession'>,
): Promise<RemoteFolder[]> {
  const cursors = new Map(before.flatMap(({ path, cursor }) => (cursor ? [[path, cursor as FolderCursor]] : [])));
  const listed = await ports.session.listFolders(cursors);
  const paths = new Set(listed.map(({ path }) => path));
  const lacking = before.filter(({ path }) => !paths.has(path));
  if (lacking.reduce((sum, { totalCount }) => sum + totalCount, 0) < TRIVIAL) return listed;
  try {
    return await onAnotherLine(ports, (fresh) => fresh.listFolders(cursors));
  } catch (error) {
    if (error instanceof MailError && error.code === 'EMAIL_FOLDER_BUSY') return listed;
    throw error;
  }
}
