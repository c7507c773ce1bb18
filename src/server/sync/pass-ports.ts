import type { AccountRow, FolderRow } from '../ports/records';
import { keepIndexed } from './index-messages';
import type { AccountSyncPorts } from './sync-account';
import type { WorkerPorts } from './worker-ports';

/** A page that is told of the first mails asks for them in two requests. Beside the listing of thousands they would take three times as long. */
const SHOWN_MS = 80;

/** Writes a line of the account's sync log. */
export type Note = (
  event: string,
  more: { folderId?: FolderRow['id']; code?: string; counts?: Record<string, number> },
) => Promise<void>;

type Given = Pick<WorkerPorts, 'store' | 'parser' | 'clock' | 'live' | 'searchIndex' | 'log'> &
  Pick<AccountSyncPorts, 'session' | 'freshSession' | 'signal' | 'rethreading' | 'trouble'> & { readonly note: Note };

/** What a pass works with, from what its worker has. */
export function portsOfPass(account: AccountRow, given: Given): AccountSyncPorts {
  const { store, parser, clock, live, session, freshSession, signal, rethreading, trouble, note } = given;
  return {
    session,
    freshSession,
    store,
    parser,
    signal,
    rethreading,
    trouble,
    tried: new Map(),
    refusals: trouble.refusals,
    now: () => clock.now(),
    // One batch at a time: whoever stores goes on storing.
    index: () => keepIndexed(account, given, () => false),
    changed: () => live.changed(account.userId, { accountId: account.id, topic: 'mail' }),
    shown: () => clock.sleep(SHOWN_MS, signal),
    folderFailed: async (folder, error, restsUntil) => {
      await store.markFolder(folder, error.code, clock.now(), restsUntil);
      await note('folder-failed', { folderId: folder.id, code: error.code });
      // Its owner is not to read for minutes that all is well.
      live.changed(account.userId, { accountId: account.id, topic: 'accounts' });
    },
    folderLooked: async ({ folder, strategy, listed, changed, forgotten }) => {
      if (listed + changed + forgotten === 0) return;
      await note(`looked-${strategy.kind}`, { folderId: folder.id, counts: { listed, changed, forgotten } });
    },
  };
}
