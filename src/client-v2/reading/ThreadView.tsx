import { ArrowLeftOutlined, ForwardOutlined, MailOutlined, RollbackOutlined, TeamOutlined } from '@ant-design/icons';
import { Button, Empty, Flex, Result, Skeleton, Space, theme, Typography } from 'antd';
import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type MutableRefObject,
  type RefObject,
} from 'react';
import type { WireDraftKind, WireMessage, WireThreadDetail } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { useLive } from '../api/use-live';
import { useLoaded } from '../api/use-loaded';
import { useRise } from '../api/use-rise';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';
import { shortcutOf } from '../mailbox/shortcuts';
import { runShortcut, type FolderActions, type ThreadActions } from '../mailbox/use-thread-actions';
import { MessageCard } from './MessageCard';
import { ThreadToolbar } from './ThreadToolbar';
import { useMarkRead } from './use-mark-read';

export type Answering = (kind: Exclude<WireDraftKind, 'new'>) => void;

export interface ThreadViewProps {
  readonly threadId: number | null;
  readonly onClose: () => void;
  /** The list is not beside the conversation, so a button must lead back to it. */
  readonly hidesList: boolean;
  readonly onWrite: (kind: WireDraftKind, message: WireMessage) => void;
  readonly actions: ThreadActions;
  /** Holds, while a conversation is open, what answers its newest mail: keys do it from anywhere in the mailbox. */
  readonly answering: MutableRefObject<Answering | null>;
  /** Rises when the conversation must be read again. */
  readonly refreshKey: number;
}

/** The reading pane: fetches a conversation, marks it read, and follows changes. */
export function ThreadView(props: ThreadViewProps) {
  const t = useT();
  if (props.threadId === null) {
    return (
      <Flex align="center" justify="center" style={{ height: '100%' }}>
        <Empty
          image={<MailOutlined style={{ fontSize: 48, opacity: 0.25 }} />}
          description={t('Choose a conversation to read it here.')}
        />
      </Flex>
    );
  }
  return <LoadedThread key={props.threadId} {...props} threadId={props.threadId} />;
}

function LoadedThread(props: ThreadViewProps & { threadId: number }) {
  const t = useT();
  const api = useMailApi();
  const { threadId, refreshKey } = props;
  const { data, problem, isLoading, reload } = useLoaded(useCallback(() => api.thread(threadId), [api, threadId]));
  useLive((topic) => (topic === 'mail' || topic === 'everything') && void reload());
  useRise(refreshKey, reload);
  useMarkRead(data ?? null);
  useFollowing(data ?? null, reload);
  if (isLoading) return <Skeleton active avatar paragraph={{ rows: 6 }} style={{ padding: 24 }} />;
  if (!data)
    return (
      <Result
        status="warning"
        title={sentenceOf(problem, t)}
        extra={
          <Space>
            <Button onClick={() => void reload()}>{t('Try again')}</Button>
            <Button onClick={props.onClose}>{t('Back to the list')}</Button>
          </Space>
        }
      />
    );
  return <Conversation {...props} thread={data} />;
}

const FOLLOW_MS = 4_000;

/** Texts that are still being fetched are asked for again, for browsers that get no word from the server. */
function useFollowing(thread: WireThreadDetail | null, reload: () => Promise<void>): void {
  const isIncomplete = Boolean(thread?.messages.some((message) => !message.isComplete));
  useEffect(() => {
    if (!isIncomplete) return undefined;
    const timer = setInterval(() => void reload(), FOLLOW_MS);
    return () => clearInterval(timer);
  }, [isIncomplete, reload]);
}

function Conversation(props: ThreadViewProps & { thread: WireThreadDetail }) {
  const { thread, onWrite } = props;
  const actions = actionsOn(thread, props.actions);
  const { token } = theme.useToken();
  const { isOpen, toggle } = useOpenMessages(thread);
  useAnswering(props);
  const pane = useRef<HTMLDivElement>(null);
  useFocusInstead(props.hidesList, pane);
  const onKeyDown = (event: KeyboardEvent): void => {
    const shortcut = shortcutOf(event);
    if (shortcut)
      runShortcut(
        actions,
        shortcut,
        thread.id,
        thread.messages.some((message) => message.isStarred),
      );
  };
  return (
    <div
      ref={pane}
      tabIndex={-1}
      style={{ height: '100%', overflow: 'auto', padding: token.padding, outline: 'none' }}
      onKeyDown={onKeyDown}
      data-testid="thread-view"
    >
      <ThreadHead {...props} actions={actions} />
      {thread.messages.map((message) => (
        <MessageCard
          key={message.id}
          message={message}
          isOpen={isOpen(message.id)}
          onToggle={() => toggle(message.id)}
          actions={<Answers message={message} onWrite={onWrite} />}
        />
      ))}
    </div>
  );
}

/** Where the list makes room for the conversation, the keyboard goes with it: keys act on what is shown. */
function useFocusInstead(hidesList: boolean, pane: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const { activeElement } = document;
    const isLost = activeElement === document.body || activeElement?.closest('[data-makes-room]');
    if (hidesList && isLost) pane.current?.focus({ preventScroll: true });
  }, [hidesList, pane]);
}

function useAnswering({ thread, onWrite, answering }: ThreadViewProps & { thread: WireThreadDetail }): void {
  const newest = thread.messages.at(-1);
  useEffect(() => {
    if (!newest) return undefined;
    answering.current = (kind) => onWrite(kind === 'reply-all' && !hasOthers(newest) ? 'reply' : kind, newest);
    return () => void (answering.current = null);
  }, [answering, newest, onWrite]);
}

/** Somebody besides its reader got the mail: all can be answered. */
const hasOthers = ({ to, cc }: WireMessage): boolean => to.length + cc.length > 1;

/** Actions are about the folder that is shown; a conversation that does not lie there, as after a search, has another. */
function actionsOn({ messages }: WireThreadDetail, actions: ThreadActions): FolderActions {
  const folders = messages.flatMap((message) => message.folders);
  const isHere = actions.folder !== null && folders.includes(actions.folder.id);
  const elsewhere = folders.at(-1);
  return isHere || elsewhere === undefined ? actions : actions.from(elsewhere);
}

/** The unread ones and the newest are open at first; a message that arrives opens too. */
function useOpenMessages(thread: WireThreadDetail) {
  const newest = thread.messages.at(-1)?.id;
  const [open, setOpen] = useState<ReadonlySet<number>>(
    () =>
      new Set(
        thread.messages.filter((message) => message.isUnread || message.id === newest).map((message) => message.id),
      ),
  );
  useEffect(() => {
    if (newest !== undefined) setOpen((before) => new Set([...before, newest]));
  }, [newest]);
  const toggle = (id: number): void =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  return { isOpen: (id: number) => open.has(id), toggle };
}

function ThreadHead({
  thread,
  onClose,
  hidesList,
  actions,
}: Pick<ThreadViewProps, 'onClose' | 'hidesList'> & { thread: WireThreadDetail; actions: FolderActions }) {
  const t = useT();
  return (
    <Flex align="center" justify="end" gap={8} wrap style={{ marginBottom: 12 }}>
      {hidesList && (
        <Button
          type="text"
          icon={<ArrowLeftOutlined aria-hidden />}
          aria-label={t('Back to the list')}
          onClick={onClose}
        />
      )}
      <Typography.Title level={4} style={{ margin: 0, flex: '1 1 240px', overflowWrap: 'anywhere' }}>
        {thread.subject || t('(no subject)')}
      </Typography.Title>
      <ThreadToolbar thread={thread} actions={actions} />
    </Flex>
  );
}

function Answers({ message, onWrite }: { message: WireMessage; onWrite: ThreadViewProps['onWrite'] }) {
  const t = useT();
  return (
    <Space wrap>
      <Button icon={<RollbackOutlined aria-hidden />} onClick={() => onWrite('reply', message)}>
        {t('Reply')}
      </Button>
      {hasOthers(message) && (
        <Button icon={<TeamOutlined aria-hidden />} onClick={() => onWrite('reply-all', message)}>
          {t('Reply all')}
        </Button>
      )}
      <Button icon={<ForwardOutlined aria-hidden />} onClick={() => onWrite('forward', message)}>
        {t('Forward')}
      </Button>
    </Space>
  );
}
