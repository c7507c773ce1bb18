import { useCallback, useEffect, useState } from 'react';
import type { WireAccount, WireDraftLine, WireFolder, WireOutgoing } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { useLive } from '../api/use-live';
import { useLoaded } from '../api/use-loaded';

export interface MailboxData {
  readonly accounts: readonly WireAccount[];
  readonly folders: readonly WireFolder[];
  readonly drafts: readonly WireDraftLine[];
  readonly outgoing: readonly WireOutgoing[];
}

/** What the frame of the mailbox shows, kept fresh. */
export function useMailbox() {
  const api = useMailApi();
  const load = useCallback(async (): Promise<MailboxData> => {
    const [accounts, folders, drafts, outgoing] = await Promise.all([
      api.accounts(),
      api.folders(),
      api.drafts(),
      api.outgoing(),
    ]);
    return { accounts, folders, drafts, outgoing };
  }, [api]);
  const { data, problem, isLoading, reload } = useLoaded(load);
  const [refreshKey, setRefreshKey] = useState(0);
  const refresh = useCallback(() => {
    setRefreshKey((key) => key + 1);
    void reload();
  }, [reload]);
  useLive(refresh);
  // A mailbox that is filling reports through the socket; without one it is asked now and then.
  const isFilling = Boolean(
    data?.accounts.some((account) => account.state === 'active' && account.lastSyncAt === null),
  );
  useEffect(() => {
    if (!isFilling) return undefined;
    const timer = setInterval(refresh, 3_000);
    return () => clearInterval(timer);
  }, [isFilling, refresh]);

  return { data, problem, isLoading, refresh, refreshKey };
}

/** The chosen folder, else the first inbox. */
export function pickFolder(folders: readonly WireFolder[], id: number | null): WireFolder | null {
  return (
    folders.find((folder) => folder.id === id) ??
    folders.find((folder) => folder.role === 'inbox') ??
    folders.find((folder) => folder.isSelectable) ??
    null
  );
}
