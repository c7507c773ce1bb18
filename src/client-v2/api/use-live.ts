import { useApp } from '@nocobase/client-v2';
import { useEffect, useRef } from 'react';
import { LIVE_EVENT } from '../../shared/constants';
import type { ErrorCode } from '../../shared/error-codes';
import type { LivePayload } from '../../shared/wire';

export type LiveTopic = LivePayload['topic'] | 'everything';

/**
 * Calls `refresh` when the server says that something changed, and with `everything` when the window gets the focus or
 * the socket reconnects: what was pushed meanwhile is lost.
 */
export function useLive(refresh: (topic: LiveTopic, code?: ErrorCode) => void): void {
  const app = useApp();
  const latest = useRef(refresh);
  latest.current = refresh;
  useEffect(() => {
    const pushed = (event: Event): void => {
      const { topic, code } = (event as CustomEvent<Partial<LivePayload> | undefined>).detail ?? {};
      latest.current(topic ?? 'everything', code);
    };
    const everything = (): void => latest.current('everything');
    const type = `ws:message:${LIVE_EVENT}`;
    app.eventBus.addEventListener(type, pushed);
    app.ws?.on?.('open', everything);
    window.addEventListener('focus', everything);
    return () => {
      app.eventBus.removeEventListener(type, pushed);
      app.ws?.off?.('open', everything);
      window.removeEventListener('focus', everything);
    };
  }, [app]);
}
