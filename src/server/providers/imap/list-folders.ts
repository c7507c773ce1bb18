import type { ListResponse, StatusObject } from 'imapflow';
import { folderRole, type FolderRole } from '../../mail/folder-role';
import type { FolderCursor, FolderNews, RemoteFolder } from '../../ports/session';
import type { ImapClient } from './client';
import { readCursor, type Mark } from './folder-cursor';

const STATUS = { messages: true, uidNext: true, uidValidity: true, unseen: true, highestModseq: true } as const;

/**
 * Folders with a STATUS of each: by LIST-STATUS (RFC 5819) in one command where the server knows it, else one command each.
 * A folder whose STATUS fails is looked into.
 */
export async function listFolders(
  client: ImapClient,
  cursors: ReadonlyMap<string, FolderCursor>,
): Promise<RemoteFolder[]> {
  const listed = await client.list({ statusQuery: STATUS });
  const roles = rolesOf(listed.filter(isSelectable));
  return listed.map((entry) => ({
    path: entry.path,
    name: entry.name,
    delimiter: entry.delimiter,
    role: roles.get(entry) ?? null,
    isSelectable: isSelectable(entry),
    news: newsOf(statusOf(entry), cursors.get(entry.path) ?? null),
  }));
}

/** A name with a line break cannot be sent by imapflow: such a folder stays closed, or it would stop every pass of its account. */
const isSelectable = ({ flags, path }: ListResponse): boolean =>
  !flags.has('\\Noselect') && !flags.has('\\NonExistent') && path !== '' && !/[\r\n]/.test(path);

/**
 * One folder for each role. Exchange names roles in LIST without advertising SPECIAL-USE, and then imapflow goes by names alone:
 * somebody's own folder “Sent” would be taken for the one in another language (Q2). What the server says comes first.
 */
function rolesOf(listed: readonly ListResponse[]): Map<ListResponse, FolderRole> {
  const roles = new Map<ListResponse, FolderRole>();
  const taken = new Set<FolderRole>();
  const give = (entry: ListResponse, role: FolderRole | null): void => {
    if (role === null || taken.has(role) || roles.has(entry)) return;
    taken.add(role);
    roles.set(entry, role);
  };
  for (const entry of listed) give(entry, folderRole(entry.path, null));
  for (const entry of listed) for (const flag of entry.flags) give(entry, folderRole(entry.path, flag));
  for (const entry of listed) give(entry, folderRole(entry.path, entry.specialUse ?? null));
  return roles;
}

function statusOf(entry: ListResponse): StatusObject | null {
  const status = entry.status as (StatusObject & { error?: unknown }) | false | undefined;
  return status && !status.error && status.messages !== undefined ? status : null;
}

function isSame({ epoch, next, exists, sweep }: Mark, status: StatusObject): boolean {
  const counts = next === status.uidNext && exists === status.messages;
  return sweep === null && counts && epoch === String(status.uidValidity);
}

/** Compares a STATUS with what the server said at the last look. Pure. */
export function newsOf(status: StatusObject | null, cursor: FolderCursor | null): FolderNews {
  const mark = readCursor(cursor);
  const unseen = status?.unseen ?? null;
  const modseq = status?.highestModseq ? String(status.highestModseq) : null;
  const namesFlags = modseq !== null && (mark === null || mark.modseq !== null);
  const news = (kind: FolderNews['kind']): FolderNews => ({ kind, namesFlags, unseen });
  if (!status || status.uidNext === undefined || status.uidValidity === undefined) return news('unknown');
  if (!mark || !isSame(mark, status)) return news('some');
  return news(namesFlags && modseq !== mark.modseq ? 'some' : 'none');
}
