import { useEffect, useRef, useState } from 'react';
import type { WireThreadDetail } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { newlyUnread } from './newly-unread';

/**
 * Marks a conversation read while somebody looks at it: when it is opened, and when a mail arrives in it. A tab in the
 * background marks nothing, so that the badge still tells of the mail.
 */
export function useMarkRead(thread: WireThreadDetail | null): void {
  const api = useMailApi();
  const isLooking = useIsVisible();
  const asked = useRef<ReadonlySet<number>>(new Set());
  useEffect(() => {
    if (!thread || !isLooking) return;
    const fresh = newlyUnread(thread.messages, asked.current);
    if (fresh.length === 0) return;
    const before = asked.current;
    asked.current = new Set([...before, ...fresh]);
    // Stays unread; the next change or opening tries again.
    api.mark(thread.id, true).catch(() => (asked.current = before));
  }, [api, isLooking, thread]);
}

function useIsVisible(): boolean {
  const [isVisible, setVisible] = useState(document.visibilityState === 'visible');
  useEffect(() => {
    const changed = (): void => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', changed);
    return () => document.removeEventListener('visibilitychange', changed);
  }, []);
  return isVisible;
}
