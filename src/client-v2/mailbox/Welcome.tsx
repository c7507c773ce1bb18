import { MailOutlined } from '@ant-design/icons';
import { Flex, theme, Typography } from 'antd';
import type { WireAccount } from '../../shared/wire';
import { LinkAccount } from '../accounts/LinkAccount';
import { StartSync } from '../accounts/StartSync';
import { useT } from '../locale';

/** What a user meets before any mailbox is connected, and right after the consent. */
export function Welcome({ accounts, onChanged }: { accounts: readonly WireAccount[]; onChanged: () => void }) {
  const t = useT();
  const { token } = theme.useToken();
  const [pending] = accounts;
  return (
    <Flex
      vertical
      align="center"
      justify="center"
      gap={16}
      style={{ height: '100%', padding: 24, textAlign: 'center', background: token.colorBgContainer }}
    >
      <MailOutlined style={{ fontSize: 56, color: token.colorPrimary }} />
      {pending ? (
        <StartSync account={pending} onStarted={onChanged} />
      ) : (
        <>
          <Typography.Title level={3} style={{ margin: 0 }}>
            {t('Connect your mailbox')}
          </Typography.Title>
          <Typography.Paragraph type="secondary" style={{ maxWidth: 480 }}>
            {t(
              'Read, answer and send your mail here. You sign in at your mail provider; your password never comes to NocoBase, and no other user can open your mail here.',
            )}
          </Typography.Paragraph>
          <LinkAccount onLinked={onChanged} />
        </>
      )}
    </Flex>
  );
}
