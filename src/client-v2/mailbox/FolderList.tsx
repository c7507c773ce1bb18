import {
  DeleteOutlined,
  EditOutlined,
  FolderOutlined,
  InboxOutlined,
  ProfileOutlined,
  SendOutlined,
  SettingOutlined,
  StopOutlined,
  SyncOutlined,
  WarningFilled,
} from '@ant-design/icons';
import { Badge, Button, Flex, theme, Tooltip, Typography } from 'antd';
import type { ReactNode } from 'react';
import type { WireAccount, WireFolder } from '../../shared/wire';
import { SyncStateLine } from '../accounts/SyncState';
import { useT } from '../locale';
import { folderName, hasRoleName } from './folder-name';

export interface FolderListProps {
  readonly accounts: readonly WireAccount[];
  readonly folders: readonly WireFolder[];
  readonly selectedId: number | null;
  readonly draftCount: number;
  readonly isShowingDrafts: boolean;
  readonly onSelect: (folder: WireFolder) => void;
  readonly onShowDrafts: () => void;
  readonly onManage: () => void;
  readonly onInspect: () => void;
}

const ICONS: Readonly<Record<string, ReactNode>> = {
  inbox: <InboxOutlined aria-hidden />,
  drafts: <EditOutlined aria-hidden />,
  sent: <SendOutlined aria-hidden />,
  archive: <ProfileOutlined aria-hidden />,
  junk: <StopOutlined aria-hidden />,
  trash: <DeleteOutlined aria-hidden />,
};

/** Accounts with their folders, and how much is unread in each. */
export function FolderList(props: FolderListProps) {
  const t = useT();
  const { token } = theme.useToken();
  return (
    <nav aria-label={t('Folders')} style={{ height: '100%', overflow: 'auto', padding: token.paddingXS }}>
      <Entry
        icon={<EditOutlined aria-hidden />}
        name={t('Unsent drafts')}
        count={props.draftCount}
        isSelected={props.isShowingDrafts}
        onClick={props.onShowDrafts}
      />
      {props.accounts.map((account) => (
        <section key={account.id} aria-label={account.address} style={{ marginBottom: token.margin }}>
          <Flex align="center" gap={4} style={{ padding: `${token.paddingXXS}px ${token.paddingXS}px` }}>
            <Typography.Text strong ellipsis style={{ flex: 1 }} title={account.address}>
              {account.address}
            </Typography.Text>
            {account.error && (
              <Tooltip title={t(account.error.code, account.error.params)}>
                <Button
                  type="text"
                  size="small"
                  icon={<WarningFilled style={{ color: token.colorWarning }} aria-hidden />}
                  aria-label={t('{{reason}} Open Synchronisation.', {
                    reason: t(account.error.code, account.error.params),
                  })}
                  onClick={props.onInspect}
                />
              </Tooltip>
            )}
          </Flex>
          <SyncStateLine account={account} onInspect={props.onInspect} />
          {props.folders
            .filter((folder) => folder.accountId === account.id)
            .map((folder) => (
              <FolderEntry
                key={folder.id}
                folder={folder}
                isSelected={!props.isShowingDrafts && folder.id === props.selectedId}
                onSelect={props.onSelect}
              />
            ))}
        </section>
      ))}
      <MenuButton icon={<SettingOutlined aria-hidden />} label={t('Mailboxes')} onClick={props.onManage} />
      <MenuButton icon={<SyncOutlined aria-hidden />} label={t('Synchronisation')} onClick={props.onInspect} />
    </nav>
  );
}

function MenuButton({ icon, label, onClick }: { icon: ReactNode; label: string; onClick: () => void }) {
  const { token } = theme.useToken();
  const style = { justifyContent: 'flex-start', paddingInlineStart: token.paddingXS };
  return (
    <Button type="text" block icon={icon} onClick={onClick} style={style}>
      {label}
    </Button>
  );
}

function FolderEntry({
  folder,
  isSelected,
  onSelect,
}: {
  folder: WireFolder;
  isSelected: boolean;
  onSelect: FolderListProps['onSelect'];
}) {
  const t = useT();
  const role = folder.role ?? '';
  return (
    <Entry
      icon={ICONS[role] ?? <FolderOutlined aria-hidden />}
      name={folderName(folder, t)}
      problem={folder.error ? t(folder.error.code, folder.error.params) : null}
      count={role === 'sent' || role === 'trash' ? 0 : folder.unreadCount}
      isSelected={isSelected}
      isDisabled={!folder.isSelectable}
      indent={hasRoleName(folder) ? 0 : folder.depth}
      onClick={() => onSelect(folder)}
    />
  );
}

interface EntryProps {
  readonly icon: ReactNode;
  readonly name: string;
  readonly count: number;
  /** Why the folder is not up to date, for people. */
  readonly problem?: string | null;
  readonly isSelected: boolean;
  readonly isDisabled?: boolean;
  readonly indent?: number;
  readonly onClick: () => void;
}

function Entry({ icon, name, count, problem, isSelected, isDisabled, indent = 0, onClick }: EntryProps) {
  const { token } = theme.useToken();
  return (
    <Button
      type="text"
      block
      icon={icon}
      disabled={isDisabled}
      aria-current={isSelected ? 'page' : undefined}
      onClick={onClick}
      style={{
        justifyContent: 'flex-start',
        paddingInlineStart: token.paddingXS + indent * 14,
        ...(isSelected ? { background: token.controlItemBgActive, fontWeight: 600 } : {}),
      }}
    >
      <span
        style={{
          flex: 1,
          textAlign: 'start',
          overflow: 'hidden',
          textOverflow: 'ellipsis',
          fontWeight: count > 0 ? 600 : undefined,
        }}
      >
        {name}
      </span>
      {problem && (
        <Tooltip title={problem}>
          <WarningFilled style={{ color: token.colorWarning }} aria-label={problem} />
        </Tooltip>
      )}
      {count > 0 && (
        <Badge
          count={count}
          overflowCount={999}
          color={token.colorFillContent}
          style={{ color: token.colorText, boxShadow: 'none' }}
        />
      )}
    </Button>
  );
}
