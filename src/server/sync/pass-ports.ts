import type { AccountRow, FolderRow } from '../ports/records';
import type { AccountSyncPorts } from './sync-account';
import type { WorkerPorts } from './worker-ports';

/** Writes a line of the account's sync log. */
export type Note = (
  event: string,
  more: { folderId?: FolderRow['id']; code?: string; counts?: Record<string, number> },
) => Promise<void>;

type Given = Pick<WorkerPorts, 'store' | 'clock' | 'live'> &
  Pick<AccountSyncPorts, 'session' | 'freshSession' | 'signal' | 'rethreading' | 'trouble'> & { readonly note: Note };

/** What a pass works with, from what its worker has. */
export function portsOfPass(account: AccountRow, given: Given): AccountSyncPorts {
  const { store, clock, live, session, freshSession, signal, rethreading, trouble, note } = given;
  return {
    session,
    freshSession,
    store,
    signal,
    rethreading,
    trouble,
    tried: new Map(),
    now: () => clock.now(),
    changed: () => live.changed(account.userId, { accountId: account.id, topic: 'mail' }),
    folderFailed: async (folder, error) => {
      await store.markFolder(folder, error.code, clock.now());
      await note('folder-failed', { folderId: folder.id, code: error.code });
    },
    folderLooked: async ({ folder, strategy, listed, changed, forgotten }, _why) => {
      if (listed + changed + forgotten === 0) return;
      await note(`looked-${strategy.kind}`, { folderId: folder.id, counts: { listed, changed, forgotten } });
    },
  };
}
