import type { ListResponse, StatusObject } from 'imapflow';
import { folderRole } from '../../mail/folder-role';
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
  return listed.map((entry) => {
    const isSelectable = !entry.flags.has('\\Noselect') && !entry.flags.has('\\NonExistent');
    return {
      path: entry.path,
      name: entry.name,
      delimiter: entry.delimiter,
      role: folderRole(entry.path, entry.specialUse ?? null),
      isSelectable,
      news: newsOf(statusOf(entry), cursors.get(entry.path) ?? null),
    };
  });
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
