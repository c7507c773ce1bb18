import { useMemo } from 'react';
import type { WireFolder, WireThreadPage } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { useT } from '../locale';
import { nothingFound } from './nothing-found';

/** Where a list gets its conversations from; another object is another list. */
export interface ThreadSource {
  readonly load: (before?: string) => Promise<WireThreadPage>;
  readonly emptyText: string;
  /** Results come from everywhere, so each says where it lies. */
  readonly showsFolders: boolean;
}

/** The conversations of a folder, or what a search finds in all of them. */
export function useThreadSource(folder: WireFolder | null, query: string | null): ThreadSource | null {
  const api = useMailApi();
  const t = useT();
  const folderId = folder?.id ?? null;
  return useMemo(() => {
    if (query !== null)
      return {
        load: (before) => api.search(query, before),
        emptyText: t(nothingFound(query)),
        showsFolders: true,
      };
    if (folderId === null) return null;
    return {
      load: (before) => api.threads(folderId, before),
      emptyText: t('Nothing in this folder.'),
      showsFolders: false,
    };
    // The translation does not change what is listed.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, folderId, query]);
}
