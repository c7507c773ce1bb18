import { CheckCircleOutlined, EditOutlined, MenuOutlined, ReloadOutlined } from '@ant-design/icons';
import { App, Button, Flex, Popconfirm, Tooltip, Typography } from 'antd';
import { useState } from 'react';
import type { WireFolder } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';
import { folderName } from './folder-name';
import type { ListProps } from './MailboxPanes';

/** Above the list: what it shows, and what can be done with the whole of it. */
export function ListHead({ mailbox, data, composers, view, actions, hasMenu }: ListProps & { hasMenu: boolean }) {
  const t = useT();
  const account = data.accounts.find((one) => one.id === view.folder?.accountId) ?? data.accounts[0];
  const { isSyncing, syncNow } = useSyncNow(account.id, mailbox.refresh);
  const ofFolder = view.showsDrafts ? t('Unsent drafts') : view.folder && folderName(view.folder, t);
  const title = view.query === null ? ofFolder : t('Search results');
  return (
    <Flex align="center" gap={4} style={{ padding: 8 }}>
      {hasMenu && (
        <Button
          type="text"
          icon={<MenuOutlined aria-hidden />}
          aria-label={t('Folders')}
          onClick={() => view.setMenuOpen(true)}
        />
      )}
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

function useSyncNow(accountId: number, refresh: () => void) {
  const t = useT();
  const api = useMailApi();
  const { message } = App.useApp();
  const [isSyncing, setSyncing] = useState(false);
  const syncNow = async (): Promise<void> => {
    setSyncing(true);
    try {
      await api.syncNow(accountId);
    } catch (error) {
      message.error(sentenceOf(error, t));
    } finally {
      setTimeout(() => setSyncing(false), 1_000);
      refresh();
    }
  };
  return { isSyncing, syncNow };
}
