import { useApp } from '@nocobase/client-v2';
import { Badge, Button, Flex, Progress, theme, Tooltip, Typography } from 'antd';
import type { WireAccount } from '../../shared/wire';
import { useT, type Translate } from '../locale';
import { copyProgress, lookOf, percentOf, type CopyProgress } from './account-states';

/** How a mailbox is, in a line below its address; leads to the details. */
export function SyncStateLine({ account, onInspect }: { account: WireAccount; onInspect: () => void }) {
  const t = useT();
  const { token } = theme.useToken();
  const { i18n } = useApp();
  const [status, label] = lookOf(account);
  const progress = copyProgress(account);
  const copied = progress ? copiedText(progress, i18n.language, t) : null;
  return (
    <Tooltip
      // Over the folders: to the right it would lie on the buttons of the list.
      placement="topLeft"
      title={status === 'success' ? t('New mail appears by itself, as soon as it arrives.') : copied}
    >
      <Button
        type="text"
        size="small"
        block
        onClick={onInspect}
        style={{ justifyContent: 'flex-start', paddingInlineStart: token.paddingXS }}
        data-testid="sync-state"
      >
        <Badge status={status} />
        <Typography.Text type="secondary" ellipsis style={{ fontSize: token.fontSizeSM }}>
          {t(label)}
          {progress && ` · ${percentOf(progress)} %`}
        </Typography.Text>
      </Button>
    </Tooltip>
  );
}

/** Above the list while the first copy of its mailbox is under way: why there may be less than expected, and that it goes on. */
export function CopyingStrip({ account }: { account: WireAccount | undefined }) {
  const t = useT();
  const { token } = theme.useToken();
  const { i18n } = useApp();
  const progress = account ? copyProgress(account) : null;
  if (!progress) return null;
  const text = copiedText(progress, i18n.language, t);
  return (
    <Flex
      vertical
      style={{ padding: `${token.paddingXXS}px ${token.paddingSM}px`, borderBottom: `1px solid ${token.colorSplit}` }}
      data-testid="copying"
    >
      <Typography.Text type="secondary" style={{ fontSize: token.fontSizeSM }}>
        {text}
      </Typography.Text>
      <Progress percent={percentOf(progress)} size="small" showInfo={false} aria-label={text} />
    </Flex>
  );
}

function copiedText({ readable, listed }: CopyProgress, language: string, t: Translate): string {
  const [done, all] = [readable, listed].map((count) => count.toLocaleString(language));
  return t('Copying your mail, the newest first: {{done}} of {{all}} are here.', { done, all });
}
