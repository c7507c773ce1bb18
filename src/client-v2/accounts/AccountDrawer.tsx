import { Divider, Drawer, Space } from 'antd';
import type { WireAccount } from '../../shared/wire';
import { closeButton } from '../close-button';
import { useT } from '../locale';
import { AccountCard } from './AccountCard';
import { LinkAccount } from './LinkAccount';
import { StartSync } from './StartSync';

export interface AccountDrawerProps {
  readonly isOpen: boolean;
  readonly accounts: readonly WireAccount[];
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

/** The user's mailboxes: state in words, reconnect, sync now, unlink, and linking another. */
export function AccountDrawer({ isOpen, accounts, onClose, onChanged }: AccountDrawerProps) {
  const t = useT();
  return (
    <Drawer
      open={isOpen}
      onClose={onClose}
      closable={closeButton(t)}
      title={t('Mailboxes')}
      width={Math.min(460, typeof window === 'undefined' ? 460 : window.innerWidth)}
      data-testid="account-drawer"
    >
      <Space direction="vertical" size="middle" style={{ width: '100%' }}>
        {accounts.map((account) =>
          account.state === 'linking' ? (
            <StartSync key={account.id} account={account} onStarted={onChanged} />
          ) : (
            <AccountCard key={account.id} account={account} onChanged={onChanged} />
          ),
        )}
      </Space>
      <Divider />
      {isOpen && <LinkAccount onLinked={onChanged} />}
    </Drawer>
  );
}
