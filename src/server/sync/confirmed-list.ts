import { MailError } from '../errors/mail-error';
import type { FolderRow } from '../ports/records';
import type { FolderCursor, RemoteFolder } from '../ports/session';
import { isLoss, LIST } from './folder-trouble';
import type { ListPorts } from './hollow-folders';
import { TRIVIAL } from './plan-folder';
import { onAnotherLine } from './sync-folder';

/**
 * The server's folders. A list that lacks folders with more than a few mails is asked for once more on another line, and that one counts: a server in
 * trouble has been seen to list less than there is. Where no other line can be had the list is believed, and its folders go with the next one only.
 * @param before what is known of the account's folders
 */
export async function confirmedList(before: readonly FolderRow[], ports: ListPorts): Promise<RemoteFolder[]> {
  const cursors = new Map(before.flatMap(({ path, cursor }) => (cursor ? [[path, cursor as FolderCursor]] : [])));
  const asksStatus = !ports.trouble.isResting(LIST, ports.now());
  const listed = await listedBy(ports, cursors, asksStatus);
  const paths = new Set(listed.map(({ path }) => path));
  const lacking = before.filter(({ path }) => !paths.has(path));
  if (lacking.reduce((sum, { totalCount }) => sum + totalCount, 0) < TRIVIAL) return listed;
  try {
    return await onAnotherLine(ports, (fresh) => fresh.listFolders(cursors, asksStatus));
  } catch (error) {
    if (error instanceof MailError && error.code === 'EMAIL_FOLDER_BUSY') return listed;
    throw error;
  }
}

/** A folder whose STATUS ends the line would keep the account from ever being read: then none is asked for, and all are looked into, for an hour. */
async function listedBy(
  { session, trouble, signal, now }: ListPorts,
  cursors: ReadonlyMap<string, FolderCursor>,
  asksStatus: boolean,
): Promise<RemoteFolder[]> {
  try {
    const listed = await session.listFolders(cursors, asksStatus);
    if (asksStatus) trouble.wentWell(LIST);
    return listed;
  } catch (error) {
    if (isLoss(error, signal)) trouble.lost(LIST, now());
    throw error;
  }
}
