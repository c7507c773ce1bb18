import { useEffect, useRef } from 'react';

/** Reads again when `key` has changed since the component appeared: what appears with it, or is read anew for another reason, has been read. */
export function useRise(key: number, reload: () => Promise<void>): void {
  const known = useRef(key);
  useEffect(() => {
    if (known.current === key) return;
    known.current = key;
    void reload();
  }, [key, reload]);
}
