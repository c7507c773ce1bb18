import { Button, Divider, Drawer, Result, Skeleton } from 'antd';
import { Fragment, useCallback } from 'react';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import { useLoaded } from '../api/use-loaded';
import { closeButton } from '../close-button';
import { useT } from '../locale';
import { AccountHealth } from './AccountHealth';
import { useLiveReload } from './use-live-reload';

/** How the user's mailboxes are doing: state, folders, and what the synchronising did. */
export function HealthDrawer({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useT();
  return (
    <Drawer
      open={isOpen}
      onClose={onClose}
      closable={closeButton(t)}
      title={t('Synchronisation')}
      width={Math.min(720, typeof window === 'undefined' ? 720 : window.innerWidth)}
      data-testid="health-drawer"
      destroyOnClose
    >
      <Content />
    </Drawer>
  );
}

function Content() {
  const t = useT();
  const api = useMailApi();
  const { data, problem, isLoading, reload } = useLoaded(useCallback(() => api.health(), [api]));
  useLiveReload(reload);
  if (isLoading) return <Skeleton active paragraph={{ rows: 8 }} />;
  if (!data)
    return (
      <Result
        status="warning"
        title={sentenceOf(problem, t)}
        extra={<Button onClick={() => void reload()}>{t('Try again')}</Button>}
      />
    );
  return data.map((account, at) => (
    <Fragment key={account.id}>
      {at > 0 && <Divider />}
      <AccountHealth account={account} onChanged={() => void reload()} />
    </Fragment>
  ));
}
