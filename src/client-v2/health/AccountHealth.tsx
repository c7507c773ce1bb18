import { Alert, Badge, Collapse, Descriptions, Flex, Typography, type DescriptionsProps } from 'antd';
import type { WireAccountHealth } from '../../shared/wire';
import { lookOf } from '../accounts/account-states';
import { useT } from '../locale';
import { FolderTable } from './FolderTable';
import { behind } from './behind';
import { Moment } from './Moment';
import { Remedy } from './StoppedBanner';
import { SyncLog } from './SyncLog';
import { useNow } from './use-now';

/** One mailbox: how it is, what helps, its folders, and its log. */
export function AccountHealth({ account, onChanged }: { account: WireAccountHealth; onChanged: () => void }) {
  const t = useT();
  const { error, state } = account;
  return (
    <section aria-label={account.address} data-testid="account-health">
      <Flex wrap gap="small" align="center" justify="space-between">
        <Typography.Title level={5} style={{ margin: 0, overflowWrap: 'anywhere' }}>
          {account.address}
        </Typography.Title>
        {state !== 'linking' && <Remedy account={account} onChanged={onChanged} />}
      </Flex>
      {error && (
        <Alert
          type={state === 'needs-reconnect' ? 'error' : 'warning'}
          showIcon
          message={t(error.code, error.params)}
          style={{ marginTop: 8 }}
        />
      )}
      <Facts account={account} />
      <FolderTable folders={account.folders} state={state} />
      <Collapse
        ghost
        destroyInactivePanel
        items={[
          {
            key: 'log',
            label: t('What was done'),
            children: <SyncLog accountId={account.id} folders={account.folders} />,
          },
        ]}
      />
    </section>
  );
}

function Facts({ account }: { account: WireAccountHealth }) {
  const t = useT();
  const now = useNow();
  const [status, label] = lookOf(account);
  const { failingSince, lastPassAt, nextAttemptAt, operationCount, missingCount, state } = account;
  const works = state === 'active' || state === 'backing-off';
  const items: DescriptionsProps['items'] = [
    { key: 'state', label: t('State'), children: <Badge status={status} text={t(label)} /> },
    failingSince === null
      ? null
      : {
          key: 'since',
          label: t('Not working since'),
          children: <Moment at={behind(failingSince, now)} now={now} none="" />,
        },
    {
      key: 'pass',
      label: t('All folders looked at'),
      children: <Moment at={behind(lastPassAt, now)} now={now} none={t('not yet')} />,
    },
    {
      key: 'next',
      label: state === 'active' ? t('Next look') : t('Next attempt'),
      children: (
        <Moment at={nextAttemptAt} now={now} none={works ? t('at once') : t('after you have signed in again')} />
      ),
    },
    { key: 'operations', label: t('Changes under way'), children: operationCount },
    { key: 'missing', label: t('Mails still to be fetched'), children: missingCount },
  ].filter((item) => item !== null);
  return (
    <Descriptions
      size="small"
      layout="vertical"
      colon={false}
      column={{ xs: 2, sm: 3 }}
      items={items}
      style={{ margin: '12px 0' }}
    />
  );
}
