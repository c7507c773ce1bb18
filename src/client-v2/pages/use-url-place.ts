import { useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import type { Place, PlaceState } from '../mailbox/use-place';

const idIn = (text: string | null): number | null => (text && /^\d{1,15}$/.test(text) ? Number(text) : null);

/** The place in the address bar: `?folder=…&thread=…&list=drafts`. A reload keeps it, and Back closes a conversation. */
export function useUrlPlace(): PlaceState {
  const [params, setParams] = useSearchParams();
  const folder = params.get('folder');
  const thread = params.get('thread');
  const list = params.get('list');
  return useMemo(
    () => ({
      folderId: idIn(folder),
      threadId: idIn(thread),
      showsDrafts: list === 'drafts',
      go: (place: Place) => setParams((before) => withPlace(before, place)),
    }),
    [folder, thread, list, setParams],
  );
}

function withPlace(before: URLSearchParams, place: Place): URLSearchParams {
  const after = new URLSearchParams(before);
  for (const [name, value] of [
    ['folder', place.folderId],
    ['thread', place.threadId],
    ['list', place.showsDrafts ? 'drafts' : null],
  ] as const) {
    if (value === null) after.delete(name);
    else after.set(name, String(value));
  }
  return after;
}
