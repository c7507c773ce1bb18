import { lastLookAt, nextLookAt } from '../accounts/account-health';
import { isPausedByServer } from '../accounts/server-pause';
import { ERRORS, type ErrorCode } from '../../shared/error-codes';
import type { WireAccountHealth, WireFolderHealth, WireLogLine, WireLogPage } from '../../shared/wire';
import { folderRank } from '../mail/folder-role';
import type { UserId } from '../mail/ids';
import type { AccountRow, FolderRow, SyncLogRow } from '../ports/records';
import type { Services } from '../services';
import { idOf } from './answer';
import { showFolder } from './email-folders';
import { pollMsOf, showAccount } from './show-account';

const LINES = 50;

/** How the caller's own accounts are doing, folder by folder. */
export async function healthOf(services: Services, user: UserId): Promise<WireAccountHealth[]> {
  // Accounts first: a pass that ends between the two is told of folders only, never of a folder that it could not look at.
  const accounts = await services.accounts.list(user);
  const folders = await services.mailbox.folders(user);
  return Promise.all(accounts.map((account) => healthOfOne(services, account, folders)));
}

async function healthOfOne(
  services: Services,
  account: AccountRow,
  all: readonly FolderRow[],
): Promise<WireAccountHealth> {
  const now = services.clock.now();
  const folders = all.filter((folder) => folder.accountId === account.id);
  const missing = await services.health.missingByFolder(account.id);
  const missingCount = [...missing.values()].reduce((sum, count) => sum + count, 0);
  const listed = folders.reduce((sum, folder) => sum + folder.totalCount, 0);
  const counts = { listed, readable: Math.max(0, listed - missingCount) };
  const pollMs = await pollMsOf(services, account.provider);
  return {
    ...showAccount(account, folders, counts, { now, pollMs }),
    operationCount: await services.health.operationCount(account.id),
    missingCount,
    isPausedByServer: isPausedByServer(account, now),
    folders: folders.sort(byRank).map((folder) => ({
      ...showFolderHealth(folder, account, missing.get(folder.id) ?? 0),
      nextLookAt: nextLookAt(folder, account, pollMs),
    })),
  };
}

function byRank(a: FolderRow, b: FolderRow): number {
  return folderRank(a.role) - folderRank(b.role) || a.path.localeCompare(b.path);
}

function showFolderHealth(
  folder: FolderRow,
  account: AccountRow,
  missingCount: number,
): Omit<WireFolderHealth, 'nextLookAt'> {
  const { scannedAt, errorCode, errorAt } = folder;
  return {
    ...showFolder(folder),
    lastLookAt: lastLookAt(folder, account),
    errorAt: errorCode ? errorAt : null,
    isListing: Boolean(folder.isSelectable) && scannedAt === null,
    missingCount,
  };
}

/** A page of the sync log of an account, newest first. `before` is the cursor of the page before. */
export async function logOf({ syncLog, store }: Services, account: AccountRow, before: unknown): Promise<WireLogPage> {
  const from = before === undefined || before === null || before === '' ? null : idOf(before, 'before');
  const rows = await syncLog.newest(account.id, from, LINES + 1);
  const lines = rows.slice(0, LINES);
  const known = new Set((await store.folders(account.id)).map((folder) => folder.id));
  return {
    lines: lines.map((row) => showLine(row, known)),
    nextBefore: rows.length > LINES ? (lines.at(-1)?.id ?? null) : null,
  };
}

function showLine({ id, at, event, folderId, code, counts }: SyncLogRow, known: ReadonlySet<number>): WireLogLine {
  const error = code !== null && Object.hasOwn(ERRORS, code) ? { code: code as ErrorCode, params: {} } : null;
  return {
    id,
    at,
    event,
    folderId: folderId !== null && known.has(folderId) ? folderId : null,
    error,
    counts: counts ?? {},
  };
}
