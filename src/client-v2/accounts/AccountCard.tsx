import { DisconnectOutlined, LinkOutlined, SyncOutlined } from '@ant-design/icons';
import { useApp } from '@nocobase/client-v2';
import { Alert, Badge, Button, Card, Modal, Progress, Space, Typography } from 'antd';
import type { WireAccount } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { longTime } from '../format';
import { useT, type Translate } from '../locale';
import { lookOf, percentOf } from './account-states';
import { useAttempt } from './use-attempt';
import { useLink } from './use-link';
import { useSyncNow } from './use-sync-now';

/** One mailbox of the user: its state in words, and what can be done about it. */
export function AccountCard({ account, onChanged }: { account: WireAccount; onChanged: () => void }) {
  const t = useT();
  const { i18n } = useApp();
  const needsReconnect = account.state === 'needs-reconnect';
  return (
    <Card size="small" data-testid="account-card">
      <Typography.Text strong>{account.address}</Typography.Text>
      <StateLine account={account} language={i18n.language} t={t} />
      {account.error && (
        <Alert
          type={needsReconnect ? 'error' : 'warning'}
          showIcon
          message={t(account.error.code, account.error.params)}
          style={{ margin: '8px 0' }}
        />
      )}
      <AccountActions account={account} onChanged={onChanged} />
    </Card>
  );
}

function AccountActions({ account, onChanged }: { account: WireAccount; onChanged: () => void }) {
  const t = useT();
  const api = useMailApi();
  const [modal, holder] = Modal.useModal();
  const { link, isLinking } = useLink(onChanged);
  const attempt = useAttempt(onChanged);
  const { isSyncing, syncNow } = useSyncNow(account, onChanged);
  const needsReconnect = account.state === 'needs-reconnect';
  const unlink = (): void =>
    void modal.confirm({
      title: t('Unlink {{address}}?', { address: account.address }),
      content: t('Its mails, drafts and sign-in data are removed from NocoBase. The mailbox itself is not touched.'),
      okText: t('Unlink'),
      cancelText: t('Cancel'),
      okButtonProps: { danger: true },
      onOk: () => attempt(() => api.unlink(account.id), t('The mailbox was unlinked.')),
    });
  return (
    <Space wrap style={{ marginTop: 8 }}>
      {holder}
      <Button
        icon={<LinkOutlined aria-hidden />}
        type={needsReconnect ? 'primary' : 'default'}
        loading={isLinking}
        onClick={() => void link(account.provider, account.id)}
      >
        {t('Reconnect')}
      </Button>
      <Button
        icon={<SyncOutlined spin={isSyncing} aria-hidden />}
        disabled={needsReconnect}
        onClick={() => void syncNow()}
      >
        {t('Sync now')}
      </Button>
      <Button icon={<DisconnectOutlined aria-hidden />} danger onClick={unlink}>
        {t('Unlink')}
      </Button>
    </Space>
  );
}

function StateLine({ account, language, t }: { account: WireAccount; language: string; t: Translate }) {
  const [status, label] = lookOf(account);
  const { readableCount: readable, listedCount: listed } = account;
  return (
    <div>
      <Badge status={status} text={t(label)} />
      {account.lastSyncAt !== null && (
        <Typography.Text type="secondary">
          {' '}
          · {t('last at {{time}}', { time: longTime(account.lastSyncAt, language) })}
        </Typography.Text>
      )}
      {readable < listed && (
        <Progress percent={percentOf({ readable, listed })} size="small" aria-label={t('Copying your mail')} />
      )}
    </div>
  );
}
