import { MailOutlined } from '@ant-design/icons';
import { useApp } from '@nocobase/client-v2';
import { Badge, Button, ConfigProvider, Tooltip } from 'antd';
import { useCallback } from 'react';
import { MAILBOX_PATH } from '../../shared/constants';
import { useMailApi } from '../api/mail-api';
import { useLive } from '../api/use-live';
import { useLoaded } from '../api/use-loaded';
import { useT } from '../locale';

/** The envelope in the top bar with the number of unread mails. */
export function EnvelopeButton() {
  const t = useT();
  const app = useApp();
  const api = useMailApi();
  const { data, reload } = useLoaded(useCallback(() => api.unreadCount(), [api]));
  useLive((topic) => topic !== 'outbox' && void reload());
  const count = data ?? 0;
  const label = count > 0 ? t('Mail, {{count}} unread', { count }) : t('Mail');
  return (
    <ConfigProvider theme={{ components: { Badge: { indicatorHeightSM: 14, textFontSizeSM: 10 } } }}>
      <Tooltip title={label}>
        <Button
          type="text"
          aria-label={label}
          data-testid="email-envelope"
          onClick={() => void app.router.navigate(MAILBOX_PATH)}
        >
          <Badge count={count} size="small" overflowCount={99}>
            <MailOutlined style={{ color: 'inherit', fontSize: 16 }} />
          </Badge>
        </Button>
      </Tooltip>
    </ConfigProvider>
  );
}
