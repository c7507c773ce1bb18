import { Flex, Table, theme, Typography, type TableColumnsType } from 'antd';
import type { ReactNode } from 'react';
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

/** When each folder was looked at and is looked at next, how much is in it, and what went wrong. One column where there is no room. */
export function FolderTable({ folders, state }: FolderTableProps) {
  const [box, width] = useWidth();
  const { wide, narrow } = useColumns(state);
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

type Columns = TableColumnsType<WireFolderHealth>;

function useColumns(state: WireAccountState): { wide: Columns; narrow: Columns } {
  const t = useT();
  const now = useNow();
  const name = (folder: WireFolderHealth) => folderPath(folder, t);
  const looked = ({ lastLookAt }: WireFolderHealth) => (
    <Moment at={behind(lastLookAt, now)} now={now} none={t('not yet')} />
  );
  const next = ({ nextLookAt }: WireFolderHealth) => (
    <Moment at={nextLookAt} now={now} none={isFollowed(state) ? t('at once') : '–'} />
  );
  const count = ({ unreadCount, totalCount }: WireFolderHealth) =>
    t('{{total}} in all, {{unread}} unread', { total: totalCount, unread: unreadCount });
  const how = (folder: WireFolderHealth) => <FolderState folder={folder} state={state} />;
  const all = (folder: WireFolderHealth) => (
    <Flex vertical>
      <Typography.Text strong>{name(folder)}</Typography.Text>
      <span>
        {looked(folder)} · {count(folder)}
      </span>
      {how(folder)}
      {/* Of the others the mailbox says it. */}
      {folder.error && (
        <span>
          {t('Next look')}: {next(folder)}
        </span>
      )}
    </Flex>
  );
  const column = (key: string, title: string, cell: (folder: WireFolderHealth) => ReactNode): Columns[number] => ({
    key,
    title,
    render: (_, folder) => cell(folder),
  });
  return {
    wide: [
      column('name', t('Folder'), name),
      column('looked', t('Looked at'), looked),
      column('next', t('Next look'), next),
      column('count', t('Mails'), count),
      column('state', t('State'), how),
    ],
    narrow: [column('all', t('Folder'), all)],
  };
}

const isFollowed = (state: WireAccountState): boolean => state === 'active' || state === 'backing-off';

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
