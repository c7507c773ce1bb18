import { PlusOutlined, WindowsOutlined } from '@ant-design/icons';
import { Alert, Button, Skeleton, Space } from 'antd';
import { useCallback } from 'react';
import { useMailApi } from '../api/mail-api';
import { useLoaded } from '../api/use-loaded';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';
import { useLink } from './use-link';

/** One button for each provider that the administrator has set up. */
export function LinkAccount({ onLinked }: { onLinked: () => void }) {
  const t = useT();
  const api = useMailApi();
  const { data, problem, isLoading } = useLoaded(useCallback(() => api.providers(), [api]));
  const { link, isLinking } = useLink(onLinked);
  if (isLoading) return <Skeleton.Button active />;
  if (problem) return <Alert type="warning" showIcon message={sentenceOf(problem, t)} />;
  const ready = (data ?? []).filter((provider) => provider.isReady);
  if (ready.length === 0)
    return (
      <Alert
        type="info"
        showIcon
        message={t(
          'No mail provider is set up yet. Ask your administrator to open Settings → Email manager → Providers.',
        )}
      />
    );
  return (
    <Space direction="vertical">
      {ready.map(({ name }) => (
        <Button
          key={name}
          type="primary"
          size="large"
          icon={name === 'microsoft' ? <WindowsOutlined /> : <PlusOutlined />}
          loading={isLinking}
          onClick={() => void link(name)}
          data-testid={`link-${name}`}
        >
          {t('Link account')} · Outlook
        </Button>
      ))}
      {isLinking && <span>{t('Continue in the window that has opened.')}</span>}
    </Space>
  );
}
