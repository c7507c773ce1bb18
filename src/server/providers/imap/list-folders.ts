import type { ListResponse, StatusObject } from 'imapflow';
import { folderRole, type FolderRole } from '../../mail/folder-role';
import { digestOf, isStorable, storable } from '../../mail/storable';
import type { FolderCursor, FolderNews, RemoteFolder } from '../../ports/session';
import type { ImapClient } from './client';
import { lossOf } from './connect';
import { readCursor, type Mark } from './folder-cursor';

/** More are nonsense, and do not fit into a column. */
const MOST_MESSAGES = 2 ** 31 - 1;

const STATUS = { messages: true, uidNext: true, uidValidity: true, unseen: true, highestModseq: true } as const;

/**
 * Folders with a STATUS of each: by LIST-STATUS (RFC 5819) in one command where the server knows it, else one command each.
 * A folder whose STATUS fails is looked into. One that ends the line fails for imapflow like any other, and those that follow with it, which only a
 * later command would tell (LSUB, where it is sent).
 * @param asksStatus false: nothing is known of any folder but its name
 */
export async function listFolders(
  client: ImapClient,
  cursors: ReadonlyMap<string, FolderCursor>,
  asksStatus = true,
): Promise<RemoteFolder[]> {
  const listed = eachOnce(await client.list(asksStatus ? { statusQuery: STATUS } : {}));
  if (!client.usable) throw lossOf(client);
  const roles = rolesOf(listed.filter(isSelectable));
  return listed.map((entry) => ({
    ...nameOf(entry),
    role: roles.get(entry) ?? null,
    isSelectable: isSelectable(entry),
    news: newsOf(statusOf(entry), cursors.get(entry.path) ?? null),
  }));
}

/** A name that a server lists twice is one folder, and so are two that imapflow makes one by taking a leading delimiter off. */
function eachOnce(listed: readonly ListResponse[]): ListResponse[] {
  const known = new Set<string>();
  return listed.filter(({ path }) => !known.has(path) && known.add(path));
}

const LONGEST_PATH = 4_000;
/** A name on the wire in modified UTF-7 (RFC 3501 §5.1.3). We enable no UTF8=ACCEPT. */
const CANONICAL = /^(?:[\x20-\x25\x27-\x7e]|&[A-Za-z0-9+,]*-)*$/;

/**
 * Whether a name can be kept as it is and said again to the server. imapflow sends no line break; no database is sure to keep NUL and lone surrogates;
 * and what is not in modified UTF-7 would be another name when it is encoded again. Such a folder stays closed, or it would stop every
 * pass of its account, or come and go with each.
 */
function isSound({ path, pathAsListed }: ListResponse): boolean {
  const isWhole = path !== '' && path.length <= LONGEST_PATH && isStorable(path) && !/[\r\n]/.test(path);
  return isWhole && (typeof pathAsListed !== 'string' || CANONICAL.test(pathAsListed));
}

const isSelectable = (entry: ListResponse): boolean =>
  !entry.flags.has('\\Noselect') && !entry.flags.has('\\NonExistent') && isSound(entry);

/** An unsound name is kept as something like it that is still its own. */
function nameOf(entry: ListResponse): Pick<RemoteFolder, 'path' | 'name' | 'delimiter'> {
  const { path, name } = entry;
  // NIL for a flat mailbox (RFC 9051 §7.3.1).
  const delimiter = storable(entry.delimiter || '').slice(0, 8);
  if (isSound(entry)) return { path, name, delimiter };
  const listed = typeof entry.pathAsListed === 'string' ? entry.pathAsListed : path;
  return { path: `${storable(path).slice(0, 200)}${digestOf(listed)}`, name: storable(name).slice(0, 200), delimiter };
}

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

function unseenOf(status: StatusObject | null): number | null {
  const { unseen } = status ?? {};
  return unseen === undefined || unseen > MOST_MESSAGES ? null : unseen;
}

/** Compares a STATUS with what the server said at the last look. Pure. */
export function newsOf(status: StatusObject | null, cursor: FolderCursor | null): FolderNews {
  const mark = readCursor(cursor);
  const unseen = unseenOf(status);
  const modseq = status?.highestModseq ? String(status.highestModseq) : null;
  const namesFlags = modseq !== null && (mark === null || mark.modseq !== null);
  const news = (kind: FolderNews['kind']): FolderNews => ({ kind, namesFlags, unseen });
  if (!status || status.uidNext === undefined || status.uidValidity === undefined) return news('unknown');
  if (!mark || !isSame(mark, status)) return news('some');
  return news(namesFlags && modseq !== mark.modseq ? 'some' : 'none');
}
