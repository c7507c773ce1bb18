import type { AccountRow, FolderRow } from '../ports/records';
import { MailError } from '../errors/mail-error';
import { deepenFolder } from './deepen-folder';
import { syncFolder, type Depth, type SyncPorts } from './sync-folder';

const DEEPEN_BATCH = 50;
const ORPHAN_AGE_MS = 60 * 60_000;

export interface AccountSyncPorts extends SyncPorts {
  readonly signal: AbortSignal;
  /** Something that a browser should show has changed. */
  readonly changed: () => void;
  readonly folderFailed: (folder: FolderRow, error: MailError) => Promise<void>;
}

/**
 * One whole pass over an account: folder list, then every folder cheaply, then content newest first. The inbox comes
 * first in both rounds, so the mailbox is usable long before it is complete.
 */
export async function syncAccount(account: AccountRow, ports: AccountSyncPorts): Promise<void> {
  const remote = await ports.session.listFolders();
  const folders = await ports.store.saveFolders(account, remote);
  const selectable = folders.filter((folder) => folder.isSelectable);
  ports.changed();
  for (const folder of selectable) {
    if (ports.signal.aborted) return;
    await guarded(folder, ports, () => syncOne(account, folder, 'all', ports));
    // The newest mails of the folder are readable before the next one is listed.
    await guarded(folder, ports, () => deepenSome(folder, ports));
  }
  for (const folder of selectable) await guarded(folder, ports, () => deepenAll(folder, ports));
  if (!ports.signal.aborted) await ports.store.sweep(account, ports.now() - ORPHAN_AGE_MS);
}

/** A look at one folder after the server reported something: arrivals first, with their content. */
export async function syncNow(
  account: AccountRow,
  folder: FolderRow,
  depth: Depth,
  ports: AccountSyncPorts,
): Promise<void> {
  await syncOne(account, folder, depth, ports);
  await deepenAll(folder, ports);
}

async function syncOne(account: AccountRow, folder: FolderRow, depth: Depth, ports: AccountSyncPorts): Promise<void> {
  const report = await syncFolder(account, folder, depth, ports);
  if (report.listed + report.changed + report.forgotten > 0) ports.changed();
}

async function deepenSome(folder: FolderRow, ports: AccountSyncPorts): Promise<number> {
  const read = ports.signal.aborted ? 0 : await deepenFolder(folder, DEEPEN_BATCH, ports);
  if (read > 0) {
    await ports.store.recount(folder);
    ports.changed();
  }
  return read;
}

async function deepenAll(folder: FolderRow, ports: AccountSyncPorts): Promise<void> {
  while ((await deepenSome(folder, ports)) > 0);
}

/** A folder that vanished or cannot be opened must not stop the others; a lost connection stops the pass. */
async function guarded<T>(folder: FolderRow, ports: AccountSyncPorts, work: () => Promise<T>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof MailError) || (error.kind !== 'gone' && error.code !== 'EMAIL_MESSAGE_UNREADABLE'))
      throw error;
    await ports.folderFailed(folder, error);
  }
}
