import { useApp } from '@nocobase/client-v2';
import { useCallback, useEffect } from 'react';
import { useMailApi } from '../api/mail-api';
import { useLive } from '../api/use-live';
import { useLoaded } from '../api/use-loaded';
import { useT } from '../locale';

/** “Mail (4) - NocoBase” on the browser's tab; the host names only its own pages. */
export function useDocumentTitle(): void {
  const t = useT();
  const app = useApp();
  const api = useMailApi();
  const system = useLoaded(
    useCallback(async () => {
      const answer = await app.apiClient.request<{ data?: { title?: string } }>({
        url: 'systemSettings:get',
        skipNotify: true,
      });
      return answer.data.data?.title ?? '';
    }, [app]),
  ).data;
  const unread = useLoaded(useCallback(() => api.unreadCount(), [api]));
  useLive((topic) => topic !== 'outbox' && void unread.reload());
  const name = unread.data ? `${t('Mail')} (${unread.data})` : t('Mail');
  useEffect(() => {
    document.title = system ? `${name} - ${system}` : name;
  }, [name, system]);
}
