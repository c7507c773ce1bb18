import {
  isClosedForLong,
  nextAttemptAt,
  notWorkingSince,
  troubledFolders,
  whyStopped,
} from '../accounts/account-health';
import type { WireAccount, WireError } from '../../shared/wire';
import type { ErrorCode } from '../../shared/error-codes';
import type { AccountRow, FolderRow } from '../ports/records';
import type { Services } from '../services';

const DEFAULT_POLL_MINUTES = 5;

/** An account for its owner, with its numbers. */
export function showAccount(
  row: AccountRow,
  folders: readonly FolderRow[],
  counts: { readonly listed: number; readonly readable: number },
  { now, pollMs }: { readonly now: number; readonly pollMs: number },
): WireAccount {
  const own = folders.filter((folder) => folder.accountId === row.id);
  const inbox = own.filter((folder) => folder.role === 'inbox');
  return {
    id: row.id,
    provider: row.provider,
    address: row.address,
    displayName: row.displayName,
    state: row.state,
    error: errorOf(row),
    syncSince: row.syncSince,
    lastSyncAt: row.lastSyncAt,
    lastPassAt: row.lastPassAt,
    failingSince: notWorkingSince(row),
    nextAttemptAt: nextAttemptAt(row, pollMs),
    hasStopped: whyStopped(row, now) !== null,
    inboxError: row.state === 'active' ? longClosed(inbox, now) : null,
    troubledFolders: troubledFolders(own),
    unreadCount: inbox.reduce((sum, folder) => sum + folder.unreadCount, 0),
    listedCount: counts.listed,
    readableCount: counts.readable,
  };
}

function longClosed(inboxes: readonly FolderRow[], now: number): WireError | null {
  const closed = inboxes.find((inbox) => isClosedForLong(inbox, now));
  return closed ? errorOf(closed) : null;
}

/** What went wrong the last time, if it did. */
export function errorOf(row: {
  readonly errorCode: ErrorCode | null;
  readonly errorParams?: WireError['params'] | null;
}): WireError | null {
  return row.errorCode ? { code: row.errorCode, params: row.errorParams ?? {} } : null;
}

/** How often the workers of a provider look at everything (ms). */
export async function pollMsOf(services: Services, provider: string): Promise<number> {
  const { settings } = await services.providers.view(provider);
  const minutes = Number(settings?.pollMinutes);
  return (minutes > 0 ? minutes : DEFAULT_POLL_MINUTES) * 60_000;
}
