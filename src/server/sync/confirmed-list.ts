import { MailError } from '../errors/mail-error';
import type { FolderRow } from '../ports/records';
import type { FolderCursor, FolderNews, RemoteFolder } from '../ports/session';
import { isLoss, LIST } from './folder-trouble';
import type { ListPorts } from './hollow-folders';
import { TRIVIAL } from './plan-folder';
import { onAnotherLine } from './sync-folder';

/**
 * The server's folders. A list that lacks folders with more than a few mails is asked for once more on another line, and that one counts: a server in
 * trouble has been seen to list less than there is. Where no other line can be had the folders are looked into all the same, until the list lacks them an
 * hour later on another line, or names a new one, which may be one of them.
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
    if (!(error instanceof MailError) || error.code !== 'EMAIL_FOLDER_BUSY') throw error;
    // One that is new may be one that is lacking, under another name.
    const known = new Set(before.map(({ path }) => path));
    if (listed.some(({ path }) => !known.has(path))) return listed;
    const doubted = lacking.filter((folder) => !ports.trouble.doubt(folder, ports.session, ports.now()));
    return [...listed, ...doubted.map(asKnown)];
  }
}

/** Of a folder of which no STATUS was heard. */
export const NO_NEWS: FolderNews = { kind: 'unknown', namesFlags: false, unseen: null };

/** As if it were listed without a STATUS. */
const asKnown = ({ path, name, delimiter, role, isSelectable }: FolderRow): RemoteFolder => ({
  path,
  name,
  delimiter,
  role: role as RemoteFolder['role'],
  isSelectable: Boolean(isSelectable),
  news: NO_NEWS,
});

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
