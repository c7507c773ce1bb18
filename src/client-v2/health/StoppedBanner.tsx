import { SyncOutlined } from '@ant-design/icons';
import { Alert, Button, Flex, Space, Typography } from 'antd';
import type { WireAccount } from '../../shared/wire';
import { isPaused } from '../accounts/account-states';
import { useLink } from '../accounts/use-link';
import { useSyncNow } from '../accounts/use-sync-now';
import { useT, type Translate } from '../locale';
import { Moment } from './Moment';
import { useNow } from './use-now';

export interface StoppedBannerProps {
  readonly accounts: readonly WireAccount[];
  readonly onInspect: () => void;
  readonly onChanged: () => void;
}

/** Says which mailbox, or which inbox, has stopped, why, and what helps. Those that need their owner come first; the others are a click away. */
export function StoppedBanner({ accounts, onInspect, onChanged }: StoppedBannerProps) {
  const t = useT();
  const stopped = accounts.filter((account) => account.hasStopped || account.inboxError);
  const [first, ...others] = [...stopped].sort((a, b) => Number(needsOwner(b)) - Number(needsOwner(a)));
  if (!first) return null;
  return (
    <Alert
      banner
      type={needsOwner(first) ? 'error' : 'warning'}
      data-testid="stopped-banner"
      message={
        <Flex wrap gap="small" align="center">
          <div style={{ flex: '1 1 260px' }}>
            <Typography.Text strong>{titleOf(first, t)}</Typography.Text> <Reason account={first} />
          </div>
          <Space wrap size="small">
            <Remedy account={first} onChanged={onChanged} />
            <Button size="small" onClick={onInspect}>
              {others.length > 0 ? t('Details and {{count}} more', { count: others.length }) : t('Details')}
            </Button>
          </Space>
        </Flex>
      }
    />
  );
}

function needsOwner({ state }: WireAccount): boolean {
  return state === 'needs-reconnect' || state === 'disabled';
}

function titleOf({ state, address, error, hasStopped }: WireAccount, t: Translate): string {
  if (!hasStopped) return t('The inbox of {{address}} cannot be opened.', { address });
  if (state === 'disabled') return t('{{address}} is switched off.', { address });
  if (state === 'needs-reconnect') return t('{{address}} is no longer synchronised.', { address });
  if (isPaused({ state, error })) return t('{{address}} is paused by its mail server.', { address });
  return t('{{address}} has not been synchronised for a while.', { address });
}

function Reason({ account }: { account: WireAccount }) {
  const t = useT();
  const now = useNow();
  const { nextAttemptAt, state } = account;
  const error = account.inboxError ?? account.error;
  return (
    <>
      {error && <span>{t(error.code, error.params)} </span>}
      {(state === 'backing-off' || account.inboxError) && (
        <span>
          {t('Next attempt:')} <Moment at={nextAttemptAt} now={now} none={t('at once')} />
        </span>
      )}
    </>
  );
}

/** The one button that helps. */
export function Remedy({ account, onChanged }: { account: WireAccount; onChanged: () => void }) {
  const t = useT();
  const { link, isLinking } = useLink(onChanged);
  const { isSyncing, syncNow } = useSyncNow(account, onChanged);
  if (needsOwner(account))
    return (
      <Button size="small" type="primary" loading={isLinking} onClick={() => void link(account.provider, account.id)}>
        {t('Reconnect')}
      </Button>
    );
  // Not a disabled button while it is no use: it would lose the focus, and could not say why.
  return (
    <Button
      size="small"
      icon={isSyncing ? <SyncOutlined spin aria-hidden /> : undefined}
      onClick={() => void syncNow()}
    >
      {t('Sync now')}
    </Button>
  );
}
