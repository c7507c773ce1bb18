import {
  DeleteOutlined,
  FolderOpenOutlined,
  MailOutlined,
  ProfileOutlined,
  StarFilled,
  StarOutlined,
} from '@ant-design/icons';
import { Button, Dropdown, Flex, Popconfirm, theme, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import type { WireThreadDetail } from '../../shared/wire';
import { useT } from '../locale';
import { folderPath } from '../mailbox/folder-name';
import type { FolderActions } from '../mailbox/use-thread-actions';

interface ToolbarProps {
  readonly thread: WireThreadDetail;
  readonly actions: FolderActions;
}

/** What can be done with the open conversation. */
export function ThreadToolbar({ thread, actions }: ToolbarProps) {
  const t = useT();
  const { token } = theme.useToken();
  const isStarred = thread.messages.some((message) => message.isStarred);
  const star = isStarred ? (
    <StarFilled style={{ color: token.colorWarning }} aria-hidden />
  ) : (
    <StarOutlined aria-hidden />
  );
  return (
    <Flex role="toolbar" aria-label={t('Conversation')}>
      <Tool
        name={isStarred ? t('Remove star') : t('Star')}
        icon={star}
        shortcut="S"
        onClick={() => actions.star(thread.id, !isStarred)}
      />
      <Tool
        name={t('Mark as unread')}
        icon={<MailOutlined aria-hidden />}
        shortcut="Shift+U"
        onClick={() => actions.unread(thread.id)}
      />
      {actions.folder?.role !== 'archive' && (
        <Tool
          name={t('Archive')}
          icon={<ProfileOutlined aria-hidden />}
          shortcut="E"
          onClick={() => actions.archive(thread.id)}
        />
      )}
      <MoveTo thread={thread} actions={actions} />
      <Delete thread={thread} actions={actions} />
    </Flex>
  );
}

interface ToolProps {
  readonly name: string;
  readonly icon: ReactNode;
  readonly shortcut?: string;
  readonly onClick?: () => void;
}

function Tool({ name, icon, shortcut, onClick }: ToolProps) {
  return (
    <Tooltip title={shortcut ? `${name} (${shortcut})` : name}>
      <Button type="text" icon={icon} aria-label={name} onClick={onClick} />
    </Tooltip>
  );
}

function MoveTo({ thread, actions }: ToolbarProps) {
  const t = useT();
  const items = actions.targets.map((folder) => ({
    key: folder.id,
    label: folderPath(folder, t),
    onClick: () => actions.move(thread.id, folder.id),
  }));
  return (
    <Dropdown menu={{ items, style: { maxHeight: 360, overflow: 'auto' } }} trigger={['click']}>
      <Button type="text" icon={<FolderOpenOutlined aria-hidden />} aria-label={t('Move to')} title={t('Move to')} />
    </Dropdown>
  );
}

function Delete({ thread, actions }: ToolbarProps) {
  const t = useT();
  const icon = <DeleteOutlined aria-hidden />;
  if (actions.folder?.role !== 'trash')
    return <Tool name={t('Delete')} icon={icon} shortcut="#" onClick={() => actions.trash(thread.id)} />;
  return (
    <Popconfirm
      title={t('Delete this conversation for ever?')}
      description={t('It is removed from the server, too.')}
      okText={t('Delete for ever')}
      okButtonProps={{ danger: true }}
      cancelText={t('Cancel')}
      onConfirm={() => actions.erase(thread.id)}
    >
      <Button type="text" danger icon={icon} aria-label={t('Delete for ever')} title={t('Delete for ever')} />
    </Popconfirm>
  );
}
