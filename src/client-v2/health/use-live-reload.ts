import { useCallback, useEffect, useRef } from 'react';
import { useLive } from '../api/use-live';

const EVERY_MS = 2_000;

/** Reloads when something of the mailboxes changes, at most every two seconds: a mailbox that fills reports all the time. */
export function useLiveReload(reload: () => Promise<void>): void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const later = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      void reload();
    }, EVERY_MS);
  }, [reload]);
  useLive((topic) => topic !== 'outbox' && later());
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current);
      timer.current = null;
    },
    [later],
  );
}
