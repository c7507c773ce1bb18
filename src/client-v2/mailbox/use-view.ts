import { useMemo, useRef, useState } from 'react';
import type { WireThread } from '../../shared/wire';
import { pickFolder, type MailboxData } from './use-mailbox';
import type { Place, PlaceState } from './use-place';

/** What is shown: folder and conversation from `place`, a search in its stead, and whether the folder menu is open. */
export function useView(place: PlaceState, data: MailboxData) {
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [query, setQuery] = useState<string | null>(null);
  /** Where conversations lie that were opened from results. */
  const found = useRef(new Map<number, number>());
  const { folderId, threadId, showsDrafts, go } = place;
  const folder = useMemo(() => pickFolder(data.folders, folderId), [data.folders, folderId]);
  const foundIn = threadId === null ? undefined : found.current.get(threadId);
  const openThread = (id: number | null): void => go({ folderId, threadId: id, showsDrafts });
  const show = (next: Place): void => {
    setQuery(null);
    go(next);
    setMenuOpen(false);
  };
  return {
    folder,
    /** The folder that an action on the open conversation is about. */
    actFolder: data.folders.find(({ id }) => id === foundIn) ?? folder,
    threadId,
    showsDrafts: showsDrafts && query === null,
    query,
    search: (text: string | null): void => {
      setQuery(text);
      if (text !== null && threadId !== null) openThread(null);
    },
    openThread: (thread: WireThread): void => {
      if (query === null) found.current.delete(thread.id);
      else found.current.set(thread.id, thread.folderId);
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
