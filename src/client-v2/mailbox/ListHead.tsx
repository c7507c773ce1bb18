import { CheckCircleOutlined, EditOutlined, MenuOutlined, ReloadOutlined } from '@ant-design/icons';
import { Badge, Button, Flex, Popconfirm, Tooltip, Typography } from 'antd';
import type { WireFolder } from '../../shared/wire';
import { isInTrouble } from '../accounts/account-states';
import { useSyncNow } from '../accounts/use-sync-now';
import { useT } from '../locale';
import { folderName } from './folder-name';
import type { ListProps } from './MailboxPanes';

/** Above the list: what it shows, and what can be done with the whole of it. */
export function ListHead({ mailbox, data, composers, view, actions, hasMenu }: ListProps & { hasMenu: boolean }) {
  const t = useT();
  const account = data.accounts.find((one) => one.id === view.folder?.accountId) ?? data.accounts[0];
  const { isSyncing, syncNow } = useSyncNow(account, mailbox.refresh);
  const ofFolder = view.showsDrafts ? t('Unsent drafts') : view.folder && folderName(view.folder, t);
  const title = view.query === null ? ofFolder : t('Search results');
  return (
    <Flex align="center" gap={4} style={{ padding: 8 }}>
      {hasMenu && <MenuButton hasTrouble={data.accounts.some(isInTrouble)} view={view} />}
      <Typography.Text strong ellipsis style={{ flex: 1, fontSize: 16, paddingInlineStart: 4 }}>
        {title}
      </Typography.Text>
      {!view.showsDrafts && view.query === null && view.folder && (
        <MarkAllRead folder={view.folder} actions={actions} />
      )}
      <Tooltip title={t('Sync now')}>
        <Button
          type="text"
          icon={<ReloadOutlined spin={isSyncing} aria-hidden />}
          aria-label={t('Sync now')}
          onClick={() => void syncNow()}
        />
      </Tooltip>
      <Button
        type="primary"
        icon={<EditOutlined aria-hidden />}
        onClick={() => void composers.write(account.id)}
        data-testid="compose"
      >
        {t('New mail')}
      </Button>
    </Flex>
  );
}

/** Leads to the folders where there is no room for them; marked while a mailbox or a folder is in trouble, which only they tell. */
function MenuButton({ hasTrouble, view }: { hasTrouble: boolean } & Pick<ListProps, 'view'>) {
  const t = useT();
  const name = hasTrouble ? t('Folders. A mailbox is in trouble.') : t('Folders');
  return (
    <Badge dot={hasTrouble} status="warning" offset={[-6, 6]}>
      <Button
        type="text"
        icon={<MenuOutlined aria-hidden />}
        aria-label={name}
        title={hasTrouble ? name : undefined}
        onClick={() => view.setMenuOpen(true)}
      />
    </Badge>
  );
}

/** Asked before: nobody can tell afterwards which ones were unread. */
function MarkAllRead({ folder, actions }: Pick<ListProps, 'actions'> & { folder: WireFolder }) {
  const t = useT();
  const name = t('Mark all as read');
  const question = t('Mark all {{count}} unread mails in “{{folder}}” as read? This cannot be undone.', {
    count: folder.unreadCount,
    folder: folderName(folder, t),
  });
  return (
    <Popconfirm
      title={question}
      okText={name}
      cancelText={t('Cancel')}
      placement="bottom"
      styles={{ root: { maxWidth: 340 } }}
      onConfirm={() => actions.from(folder.id).markFolderRead()}
    >
      <Tooltip title={name}>
        <Button
          type="text"
          icon={<CheckCircleOutlined aria-hidden />}
          aria-label={name}
          disabled={folder.unreadCount === 0}
        />
      </Tooltip>
    </Popconfirm>
  );
}
