import { useMemo, useState } from 'react';
import type { WireThread } from '../../shared/wire';
import { pickFolder, type MailboxData } from './use-mailbox';
import type { Place, PlaceState } from './use-place';

/** What is shown: folder and conversation from `place`, a search in its stead, and whether the folder menu is open. */
export function useView(place: PlaceState, data: MailboxData) {
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [query, setQuery] = useState<string | null>(null);
  /** Where the open conversation lies, when a search has found it. */
  const [found, setFound] = useState<WireThread | null>(null);
  const { folderId, threadId, showsDrafts, go } = place;
  const folder = useMemo(() => pickFolder(data.folders, folderId), [data.folders, folderId]);
  const openFolder = found?.id === threadId ? data.folders.find(({ id }) => id === found?.folderId) : undefined;
  const openThread = (id: number | null): void => go({ folderId, threadId: id, showsDrafts });
  const show = (next: Place): void => {
    setQuery(null);
    go(next);
    setMenuOpen(false);
  };
  return {
    folder,
    /** The folder that an action on the open conversation is about. */
    actFolder: openFolder ?? folder,
    threadId,
    showsDrafts: showsDrafts && query === null,
    query,
    search: (text: string | null): void => {
      setQuery(text);
      if (text !== null && threadId !== null) openThread(null);
    },
    openThread: (thread: WireThread): void => {
      setFound(query === null ? null : thread);
      openThread(thread.id);
    },
    closeThread: () => openThread(null),
    isMenuOpen,
    setMenuOpen,
    showFolder: (id: number) => show({ folderId: id, threadId: null, showsDrafts: false }),
    showDrafts: () => show({ folderId, threadId: null, showsDrafts: true }),
  };
}

export type View = ReturnType<typeof useView>;
