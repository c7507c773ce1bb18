import { Flex, Table, theme, Typography, type TableColumnsType } from 'antd';
import type { WireAccountState, WireFolderHealth } from '../../shared/wire';
import { useT } from '../locale';
import { folderPath } from '../mailbox/folder-name';
import { useWidth } from '../mailbox/use-width';
import { behind } from './behind';
import { Moment } from './Moment';
import { useNow } from './use-now';

const NARROW_PX = 520;

interface FolderTableProps {
  readonly folders: readonly WireFolderHealth[];
  /** Of the mailbox: while it is not followed nobody knows what has come since. */
  readonly state: WireAccountState;
}

/** When each folder was looked at, how much is in it, and what went wrong. One column where there is no room. */
export function FolderTable({ folders, state }: FolderTableProps) {
  const t = useT();
  const now = useNow();
  const [box, width] = useWidth();
  const looked = (folder: WireFolderHealth) => (
    <Moment at={behind(folder.lastLookAt, now)} now={now} none={t('not yet')} />
  );
  const count = ({ unreadCount, totalCount }: WireFolderHealth) =>
    t('{{total}} in all, {{unread}} unread', { total: totalCount, unread: unreadCount });
  const wide: TableColumnsType<WireFolderHealth> = [
    { key: 'name', title: t('Folder'), render: (_, folder) => folderPath(folder, t) },
    { key: 'looked', title: t('Looked at'), render: (_, folder) => looked(folder) },
    { key: 'count', title: t('Mails'), render: (_, folder) => count(folder) },
    { key: 'state', title: t('State'), render: (_, folder) => <FolderState folder={folder} state={state} /> },
  ];
  const narrow: TableColumnsType<WireFolderHealth> = [
    {
      key: 'all',
      title: t('Folder'),
      render: (_, folder) => (
        <Flex vertical>
          <Typography.Text strong>{folderPath(folder, t)}</Typography.Text>
          <span>
            {looked(folder)} · {count(folder)}
          </span>
          <FolderState folder={folder} state={state} />
        </Flex>
      ),
    },
  ];
  return (
    <div ref={box}>
      <Table<WireFolderHealth>
        size="small"
        rowKey="id"
        dataSource={folders.filter((folder) => folder.isSelectable)}
        columns={width < NARROW_PX ? narrow : wide}
        pagination={false}
        data-testid="folder-health"
      />
    </div>
  );
}

function FolderState({ folder, state }: { folder: WireFolderHealth; state: WireAccountState }) {
  const t = useT();
  const { token } = theme.useToken();
  const { error, isListing, missingCount } = folder;
  if (error)
    return <span style={{ color: token.colorErrorText, overflowWrap: 'anywhere' }}>{t(error.code, error.params)}</span>;
  if (state === 'backing-off') return <span>{t('Waiting for the server')}</span>;
  if (state !== 'active') return <span>{t('Not being followed now')}</span>;
  if (isListing) return <span>{t('Being listed')}</span>;
  if (missingCount > 0) return <span>{t('{{count}} still to be fetched', { count: missingCount })}</span>;
  return <span>{t('In sync')}</span>;
}
