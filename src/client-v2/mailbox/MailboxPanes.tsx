import { Drawer, Flex, Skeleton, theme } from 'antd';
import { useCallback, type CSSProperties, type ReactNode } from 'react';
import { CopyingStrip } from '../accounts/SyncState';
import { closeButton } from '../close-button';
import type { Composers } from '../composer/use-composers';
import { DraftList } from '../composer/DraftList';
import { useT } from '../locale';
import { ThreadView } from '../reading/ThreadView';
import { folderPath } from './folder-name';
import { FolderList } from './FolderList';
import { ListHead } from './ListHead';
import { SearchBox } from './SearchBox';
import { ThreadList, type ThreadListProps } from './ThreadList';
import { useMailboxKeys } from './use-mailbox-keys';
import { useThreadSource } from './thread-source';
import { useThreadActions, type ThreadActions } from './use-thread-actions';
import { useView, type View } from './use-view';
import { useWidth } from './use-width';
import type { MailboxData, useMailbox } from './use-mailbox';
import type { PlaceState } from './use-place';

const NARROW_PX = 760;
const MEDIUM_PX = 1080;
const WHOLE = { display: 'flex', flex: 1, minHeight: 0, outline: 'none' } as const;

export interface MailboxPanesProps {
  readonly place: PlaceState;
  readonly mailbox: ReturnType<typeof useMailbox>;
  readonly data: MailboxData;
  readonly composers: Composers;
  readonly onManage: () => void;
  readonly onInspect: () => void;
  /** Keys count at once, since there is nothing else on the page. */
  readonly takesFocus: boolean;
}

/** Folders, list and reading pane side by side; one at a time where there is no room. */
export function MailboxPanes({ place, mailbox, data, composers, takesFocus, ...menu }: MailboxPanesProps) {
  const { token } = theme.useToken();
  const [box, width] = useBox(takesFocus);
  const view = useView(place, data);
  const actions = useThreadActions({ ...view, ...data, folder: view.actFolder, onChanged: mailbox.refresh });
  const account = data.accounts.find(({ id }) => id === view.folder?.accountId);
  const write = (): void => void composers.write((account ?? data.accounts[0]).id);
  const { search, stepping, answering, onKeyDown, help } = useMailboxKeys(view, actions, write);
  const isNarrow = width < NARROW_PX;
  const hasMenu = width < MEDIUM_PX;
  const makesRoom = isNarrow && view.threadId !== null;
  const border = `1px solid ${token.colorSplit}`;
  const list = { mailbox, data, composers, view, actions };
  const folders = <Folders data={data} view={view} {...menu} />;
  return (
    <div ref={box} tabIndex={-1} onKeyDown={onKeyDown} style={{ ...WHOLE, background: token.colorBgContainer }}>
      {help}
      {!hasMenu && <div style={{ width: 240, flex: 'none', borderInlineEnd: border }}>{folders}</div>}
      {hasMenu && <FolderMenu view={view}>{folders}</FolderMenu>}
      <Flex
        vertical
        data-makes-room={makesRoom || undefined}
        style={{ ...listStyle(isNarrow, hasMenu, makesRoom), borderInlineEnd: isNarrow ? undefined : border }}
      >
        <SearchBox query={view.query} onSearch={view.search} input={search} />
        <ListHead {...list} hasMenu={hasMenu} />
        <CopyingStrip account={account} />
        <ListPane {...list} stepping={stepping} />
      </Flex>
      {!(isNarrow && view.threadId === null) && (
        <div style={{ flex: 1, minWidth: 0, background: token.colorBgLayout }}>
          <ThreadView
            threadId={view.threadId}
            onClose={view.closeThread}
            hidesList={isNarrow}
            onWrite={(kind, message) => void composers.answer(kind, message)}
            answering={answering}
            actions={actions}
            refreshKey={mailbox.refreshKey}
          />
        </div>
      )}
    </div>
  );
}

/** The element of the whole mailbox, and its width. It takes the focus when it appears, if it may and nothing else has it. */
function useBox(takesFocus: boolean): ReturnType<typeof useWidth> {
  const [measure, width] = useWidth();
  const box = useCallback(
    (element: HTMLElement | null) => {
      measure(element);
      if (takesFocus && document.activeElement === document.body) element?.focus({ preventScroll: true });
    },
    [measure, takesFocus],
  );
  return [box, width];
}

function FolderMenu({ view, children }: { view: View; children: ReactNode }) {
  const t = useT();
  return (
    <Drawer
      open={view.isMenuOpen}
      onClose={() => view.setMenuOpen(false)}
      closable={closeButton(t)}
      placement="left"
      width={280}
      styles={{ body: { padding: 0 } }}
      getContainer={false}
    >
      {children}
    </Drawer>
  );
}

/** A list that makes room for the conversation is hidden, not taken away: whoever comes back finds it as it was. */
function listStyle(isNarrow: boolean, hasMenu: boolean, makesRoom: boolean): CSSProperties {
  const width = isNarrow ? '100%' : hasMenu ? 320 : 380;
  return { width, flex: 'none', minHeight: 0, ...(makesRoom ? { display: 'none' } : {}) };
}

export interface PartProps extends Pick<MailboxPanesProps, 'mailbox' | 'data'> {
  readonly view: View;
}

export interface ListProps extends PartProps {
  readonly composers: Composers;
  readonly actions: ThreadActions;
}

type FoldersProps = Omit<PartProps, 'mailbox'> & Pick<MailboxPanesProps, 'onManage' | 'onInspect'>;

function Folders({ data, view, onManage, onInspect }: FoldersProps) {
  // What the menu leads to opens over the mailbox; the menu does not wait behind it.
  const leaving = (go: () => void) => () => {
    view.setMenuOpen(false);
    go();
  };
  return (
    <FolderList
      accounts={data.accounts}
      folders={data.folders}
      selectedId={view.query === null ? (view.folder?.id ?? null) : null}
      draftCount={data.drafts.length}
      isShowingDrafts={view.showsDrafts}
      onSelect={(folder) => view.showFolder(folder.id)}
      onShowDrafts={view.showDrafts}
      onManage={leaving(onManage)}
      onInspect={leaving(onInspect)}
    />
  );
}

function ListPane({
  mailbox,
  data,
  composers,
  view,
  actions,
  stepping,
}: ListProps & Pick<ThreadListProps, 'stepping'>) {
  const t = useT();
  const { refreshKey } = mailbox;
  const source = useThreadSource(view.folder, view.query);
  const nameOf = (id: number): string => {
    const folder = data.folders.find((one) => one.id === id);
    return folder ? folderPath(folder, t) : '';
  };
  return (
    <div style={{ flex: 1, minHeight: 0 }}>
      {view.showsDrafts && <DraftList drafts={data.drafts} onOpen={composers.openDraft} />}
      {!view.showsDrafts && !source && data.accounts.some(({ state }) => state === 'active') && (
        <Skeleton active title={false} paragraph={{ rows: 10 }} style={{ padding: 16 }} />
      )}
      {!view.showsDrafts && source && (
        <ThreadList
          source={source}
          nameOf={nameOf}
          selectedId={view.threadId}
          onOpen={view.openThread}
          refreshKey={refreshKey}
          actions={actions}
          stepping={stepping}
        />
      )}
    </div>
  );
}
