import { MailError } from '../errors/mail-error';
import type { FolderRow } from '../ports/records';
import type { RemoteFolder } from '../ports/session';
import { isLoss } from './folder-trouble';
import { TRIVIAL } from './plan-folder';
import { isOfFolder, onAnotherLine, type SyncPorts } from './sync-folder';

/** What the list of folders is asked with. */
export interface ListPorts extends Pick<SyncPorts, 'session' | 'freshSession' | 'now' | 'trouble'> {
  readonly signal: AbortSignal;
}

/**
 * Folders that were deleted while others below them stay, as Dovecot lists them: without \Noselect (RFC 9051 §6.3.5 would have it), with nothing to
 * say in a STATUS, and refused when they are opened. They are opened here to find out, before anything is written of the list. One at which
 * the line is lost is not asked again for an hour or more: it stays what it was, and the others get their turn. One with more than a few mails is
 * closed only where another line says the same.
 * @param before what is known of the account's folders
 * @returns the list, with such names closed
 * @throws MailError of the line or the account; what is said of one folder alone is left to the look at it
 */
export async function withoutHollow(
  listed: readonly RemoteFolder[],
  before: readonly FolderRow[],
  ports: ListPorts,
): Promise<RemoteFolder[]> {
  const known = new Map(before.map((folder) => [folder.path, folder]));
  const told: RemoteFolder[] = [];
  ports.trouble.keepOnly(listed);
  for (const folder of listed) {
    const isName = mayBeHollow(folder, listed) && (await isNameOnly(folder.path, known.get(folder.path), ports));
    told.push(isName ? { ...folder, isSelectable: false, role: null } : folder);
  }
  return told;
}

/** Every mailbox has an inbox (RFC 9051 §5.1), whatever its server says for the moment. */
function mayBeHollow(
  { path, delimiter, isSelectable, news, role }: RemoteFolder,
  all: readonly RemoteFolder[],
): boolean {
  const isSilent = isSelectable && role !== 'inbox' && news.kind === 'unknown' && news.unseen === null;
  return isSilent && delimiter !== '' && all.some((other) => other.path.startsWith(path + delimiter));
}

async function isNameOnly(path: string, known: FolderRow | undefined, ports: ListPorts): Promise<boolean> {
  const { session, trouble, signal, now } = ports;
  const isClosed = known?.isSelectable === false;
  if (signal.aborted || trouble.isSuspect({ path }, now())) return isClosed;
  try {
    if (!(await session.isNameOnly(path))) return false;
    return (
      isClosed || (known?.totalCount ?? 0) < TRIVIAL || (await onAnotherLine(ports, (line) => line.isNameOnly(path)))
    );
  } catch (error) {
    if (error instanceof MailError && isOfFolder(error)) return isClosed;
    if (isLoss(error, signal)) trouble.lost({ path }, now());
    throw error;
  }
}
