import { Alert, App, Button, Flex, Space, Typography } from 'antd';
import type { WireAccount } from '../../shared/wire';
import { useAttempt } from '../accounts/use-attempt';
import { useLink } from '../accounts/use-link';
import { useMailApi } from '../api/mail-api';
import { useT, type Translate } from '../locale';
import { Moment } from './Moment';
import { useNow } from './use-now';

export interface StoppedBannerProps {
  readonly accounts: readonly WireAccount[];
  readonly onInspect: () => void;
  readonly onChanged: () => void;
}

/** Says which mailbox has stopped, why, and what helps. Those that need their owner come first; the others are a click away. */
export function StoppedBanner({ accounts, onInspect, onChanged }: StoppedBannerProps) {
  const t = useT();
  const stopped = accounts.filter((account) => account.hasStopped);
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
  return state !== 'backing-off';
}

/** The server has asked for a break, which no wish of ours shortens. */
const isPaused = (error: WireAccount['error']): boolean => error?.code === 'EMAIL_THROTTLED';

function titleOf({ state, address, error }: WireAccount, t: Translate): string {
  if (state === 'disabled') return t('{{address}} is switched off.', { address });
  if (state === 'needs-reconnect') return t('{{address}} is no longer synchronised.', { address });
  if (isPaused(error)) return t('{{address}} is paused by its mail server.', { address });
  return t('{{address}} has not been synchronised for a while.', { address });
}

function Reason({ account }: { account: WireAccount }) {
  const t = useT();
  const now = useNow();
  const { error, nextAttemptAt, state } = account;
  return (
    <>
      {error && <span>{t(error.code, error.params)} </span>}
      {state === 'backing-off' && (
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
  const api = useMailApi();
  const { message } = App.useApp();
  const { link, isLinking } = useLink(onChanged);
  const attempt = useAttempt(onChanged);
  if (needsOwner(account) && account.state !== 'active')
    return (
      <Button size="small" type="primary" loading={isLinking} onClick={() => void link(account.provider, account.id)}>
        {t('Reconnect')}
      </Button>
    );
  const { error } = account;
  // Not a disabled button: it would lose the focus, and could not say why.
  const explain = (): void => void (error && message.info(t(error.code, error.params)));
  return (
    <Button size="small" onClick={() => (isPaused(error) ? explain() : void attempt(() => api.syncNow(account.id)))}>
      {t('Sync now')}
    </Button>
  );
}
