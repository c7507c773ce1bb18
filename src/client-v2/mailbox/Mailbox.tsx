import { Alert, App, Button, Flex, Result, Skeleton } from 'antd';
import { useState } from 'react';
import { AccountDrawer } from '../accounts/AccountDrawer';
import { ComposerDock } from '../composer/ComposerDock';
import { useComposers } from '../composer/use-composers';
import { useT } from '../locale';
import { OutboxBar } from '../outbox/OutboxBar';
import { MailboxPanes } from './MailboxPanes';
import { MailboxStyle } from './MailboxStyle';
import { useMailbox } from './use-mailbox';
import { Welcome } from './Welcome';

/** The whole mailbox, for the page and for blocks. `height` is any CSS height. */
export function Mailbox({ height }: { height: string }) {
  return (
    <App component={false}>
      <MailboxStyle />
      <div style={{ height, position: 'relative', overflow: 'hidden' }} data-testid="mailbox">
        <MailboxContent />
      </div>
    </App>
  );
}

function MailboxContent() {
  const t = useT();
  const mailbox = useMailbox();
  const composers = useComposers(mailbox.refresh);
  const [isManaging, setManaging] = useState(false);
  const { data, problem, isLoading, refresh } = mailbox;
  const drawer = (
    <AccountDrawer
      isOpen={isManaging}
      accounts={data?.accounts ?? []}
      onClose={() => setManaging(false)}
      onChanged={refresh}
    />
  );
  if (isLoading) return <Skeleton active paragraph={{ rows: 12 }} style={{ padding: 24 }} />;
  if (!data)
    return (
      <Result
        status="warning"
        title={problem?.message || t('EMAIL_CONNECTION_LOST')}
        extra={<Button onClick={refresh}>{t('Try again')}</Button>}
      />
    );
  if (data.accounts.every((account) => account.state === 'linking') && data.folders.length === 0) {
    return <Welcome accounts={data.accounts} onChanged={refresh} />;
  }
  const broken = data.accounts.find((account) => account.state === 'needs-reconnect');
  return (
    <Flex vertical style={{ height: '100%' }}>
      {broken && (
        <Alert
          banner
          type="error"
          message={t('{{address}} is no longer synchronised.', { address: broken.address })}
          action={
            <Button size="small" onClick={() => setManaging(true)}>
              {t('Reconnect')}
            </Button>
          }
        />
      )}
      <OutboxBar outgoing={data.outgoing} onReopen={composers.openDraft} onChanged={refresh} />
      <MailboxPanes mailbox={mailbox} data={data} composers={composers} onManage={() => setManaging(true)} />
      <ComposerDock composers={composers} accounts={data.accounts} />
      {drawer}
    </Flex>
  );
}
