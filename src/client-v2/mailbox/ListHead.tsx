import { CheckSquareOutlined, EditOutlined, MenuOutlined, ReloadOutlined } from '@ant-design/icons';
import { App, Button, Flex, Tooltip, Typography } from 'antd';
import { useState } from 'react';
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
      {!view.showsDrafts && view.query === null && (
        <Tooltip title={t('Mark all as read')}>
          <Button
            type="text"
            icon={<CheckSquareOutlined aria-hidden />}
            aria-label={t('Mark all as read')}
            disabled={!view.folder?.unreadCount}
            onClick={() => view.folder && actions.from(view.folder.id).markFolderRead()}
          />
        </Tooltip>
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
