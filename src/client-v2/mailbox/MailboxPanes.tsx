import { CheckSquareOutlined, EditOutlined, MenuOutlined, ReloadOutlined } from '@ant-design/icons';
import { App, Button, Drawer, Flex, theme, Tooltip, Typography } from 'antd';
import { useMemo, useState, type ReactNode } from 'react';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import type { Composers } from '../composer/use-composers';
import { DraftList } from '../composer/DraftList';
import { useT } from '../locale';
import { ThreadView } from '../reading/ThreadView';
import { folderName } from './folder-name';
import { FolderList } from './FolderList';
import { ThreadList } from './ThreadList';
import { useThreadActions, type ThreadActions } from './use-thread-actions';
import { useWidth } from './use-width';
import { pickFolder, type MailboxData, type useMailbox } from './use-mailbox';
import type { Place, PlaceState } from './use-place';

const NARROW_PX = 760;
const MEDIUM_PX = 1080;

export interface MailboxPanesProps {
  readonly place: PlaceState;
  readonly mailbox: ReturnType<typeof useMailbox>;
  readonly data: MailboxData;
  readonly composers: Composers;
  readonly onManage: () => void;
  readonly onInspect: () => void;
}

/** Folders, list and reading pane side by side; one at a time where there is no room. */
export function MailboxPanes({ place, mailbox, data, composers, ...menu }: MailboxPanesProps) {
  const { token } = theme.useToken();
  const [box, width] = useWidth();
  const view = useView(place, data);
  const actions = useThreadActions({ ...view, ...data, onChanged: mailbox.refresh });
  const isNarrow = width < NARROW_PX;
  const hasMenu = width < MEDIUM_PX;
  const border = `1px solid ${token.colorSplit}`;
  const folders = <Folders data={data} view={view} {...menu} />;
  return (
    <div ref={box} style={{ display: 'flex', flex: 1, minHeight: 0, background: token.colorBgContainer }}>
      {!hasMenu && <div style={{ width: 240, flex: 'none', borderInlineEnd: border }}>{folders}</div>}
      {hasMenu && <FolderMenu view={view}>{folders}</FolderMenu>}
      {!(isNarrow && view.threadId !== null) && (
        <Flex
          vertical
          style={{
            ...listWidth(isNarrow, hasMenu),
            flex: 'none',
            borderInlineEnd: isNarrow ? undefined : border,
            minHeight: 0,
          }}
        >
          <ListHead
            mailbox={mailbox}
            data={data}
            composers={composers}
            view={view}
            hasMenu={hasMenu}
            actions={actions}
          />
          <ListPane mailbox={mailbox} data={data} composers={composers} view={view} actions={actions} />
        </Flex>
      )}
      {!(isNarrow && view.threadId === null) && (
        <div style={{ flex: 1, minWidth: 0, background: token.colorBgLayout }}>
          <ThreadView
            threadId={view.threadId}
            onClose={view.closeThread}
            hidesList={isNarrow}
            onWrite={(kind, message) => void composers.answer(kind, message)}
            actions={actions}
            refreshKey={mailbox.refreshKey}
          />
        </div>
      )}
    </div>
  );
}

function FolderMenu({ view, children }: { view: View; children: ReactNode }) {
  return (
    <Drawer
      open={view.isMenuOpen}
      onClose={() => view.setMenuOpen(false)}
      placement="left"
      width={280}
      styles={{ body: { padding: 0 } }}
      getContainer={false}
    >
      {children}
    </Drawer>
  );
}

function listWidth(isNarrow: boolean, hasMenu: boolean): { width: number | string } {
  return { width: isNarrow ? '100%' : hasMenu ? 320 : 380 };
}

/** What is shown: folder and conversation from `place`, and whether the folder menu is open. */
function useView(place: PlaceState, data: MailboxData) {
  const [isMenuOpen, setMenuOpen] = useState(false);
  const { folderId, threadId, showsDrafts, go } = place;
  const folder = useMemo(() => pickFolder(data.folders, folderId), [data.folders, folderId]);
  const openThread = (id: number | null): void => go({ folderId, threadId: id, showsDrafts });
  const show = (next: Place): void => {
    go(next);
    setMenuOpen(false);
  };
  return {
    folder,
    threadId,
    openThread,
    showsDrafts,
    isMenuOpen,
    setMenuOpen,
    closeThread: () => openThread(null),
    showFolder: (id: number) => show({ folderId: id, threadId: null, showsDrafts: false }),
    showDrafts: () => show({ folderId, threadId: null, showsDrafts: true }),
  };
}

type View = ReturnType<typeof useView>;

interface PartProps extends Pick<MailboxPanesProps, 'mailbox' | 'data'> {
  readonly view: View;
}

interface ListProps extends PartProps {
  readonly composers: Composers;
  readonly actions: ThreadActions;
}

type FoldersProps = Omit<PartProps, 'mailbox'> & Pick<MailboxPanesProps, 'onManage' | 'onInspect'>;

function Folders({ data, view, onManage, onInspect }: FoldersProps) {
  return (
    <FolderList
      accounts={data.accounts}
      folders={data.folders}
      selectedId={view.folder?.id ?? null}
      draftCount={data.drafts.length}
      isShowingDrafts={view.showsDrafts}
      onSelect={(folder) => view.showFolder(folder.id)}
      onShowDrafts={view.showDrafts}
      onManage={onManage}
      onInspect={onInspect}
    />
  );
}

function ListPane({ mailbox, data, composers, view, actions }: ListProps) {
  const { folder } = view;
  const { refreshKey } = mailbox;
  return (
    <div style={{ flex: 1, minHeight: 0 }}>
      {view.showsDrafts && <DraftList drafts={data.drafts} onOpen={composers.openDraft} />}
      {!view.showsDrafts && folder && (
        <ThreadList
          folder={folder}
          selectedId={view.threadId}
          onOpen={view.openThread}
          refreshKey={refreshKey}
          actions={actions}
        />
      )}
    </div>
  );
}

function ListHead({ mailbox, data, composers, view, actions, hasMenu }: ListProps & { hasMenu: boolean }) {
  const t = useT();
  const account = data.accounts.find((one) => one.id === view.folder?.accountId) ?? data.accounts[0];
  const { isSyncing, syncNow } = useSyncNow(account.id, mailbox.refresh);
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
        {view.showsDrafts ? t('Unsent drafts') : view.folder && folderName(view.folder, t)}
      </Typography.Text>
      {!view.showsDrafts && (
        <Tooltip title={t('Mark all as read')}>
          <Button
            type="text"
            icon={<CheckSquareOutlined aria-hidden />}
            aria-label={t('Mark all as read')}
            disabled={!view.folder?.unreadCount}
            onClick={actions.markFolderRead}
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
