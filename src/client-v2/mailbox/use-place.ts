import { useMemo, useState } from 'react';

/** Where in the mailbox somebody is. The ids are row ids; null is the default folder, or no open conversation. */
export interface Place {
  readonly folderId: number | null;
  readonly threadId: number | null;
  /** The list shows what was written here and not sent, instead of the folder. */
  readonly showsDrafts: boolean;
}

export interface PlaceState extends Place {
  readonly go: (place: Place) => void;
}

/** A block keeps its place for itself: several may stand on a page, and none owns the address bar. */
export function useOwnPlace(): PlaceState {
  const [place, go] = useState<Place>({ folderId: null, threadId: null, showsDrafts: false });
  return useMemo(() => ({ ...place, go }), [place]);
}
