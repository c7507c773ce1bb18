import { Button, Empty, Flex, Result, Skeleton } from 'antd';
import { useEffect, useRef, type KeyboardEvent, type MutableRefObject, type RefObject } from 'react';
import type { WireThread } from '../../shared/wire';
import type { Problem } from '../api/problem';
import { useRise } from '../api/use-rise';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';
import type { ThreadChange } from './change-threads';
import { rowAfter, shortcutOf } from './shortcuts';
import { ThreadRow } from './ThreadRow';
import type { ThreadSource } from './thread-source';
import type { Stepping } from './use-mailbox-keys';
import { movesAway, runShortcut, type ThreadActions } from './use-thread-actions';
import { useThreads } from './use-threads';

export interface ThreadListProps {
  readonly source: ThreadSource;
  /** Name of a folder, for results. */
  readonly nameOf: (folderId: number) => string;
  readonly selectedId: number | null;
  readonly onOpen: (thread: WireThread) => void;
  /** Rises when the list must be read again. */
  readonly refreshKey: number;
  readonly actions: ThreadActions;
  /** Holds, while the list is shown, what goes on to the next conversation: keys do it from anywhere in the mailbox. */
  readonly stepping: MutableRefObject<Stepping | null>;
}

/** Conversations of a folder or of a search, a page at a time. Arrow keys, Home and End move; Enter opens; letters archive, delete, star. */
export function ThreadList(props: ThreadListProps) {
  const { source, nameOf, selectedId, onOpen, refreshKey, actions } = props;
  const t = useT();
  const { threads, problem, isLoading, hasMore, loadMore, reload, show } = useThreads(source);
  const list = useRef<HTMLDivElement>(null);
  const { change } = actions;
  useFocusOnReturn(list, selectedId, threads, change);
  useEffect(() => {
    if (change) show(change);
  }, [change, show]);
  useRise(refreshKey, reload);
  useStepping(props, list, threads);
  const onKeyDown = rowKeys({ list, threads, onOpen, actions });

  if (isLoading) return <Skeleton active title={false} paragraph={{ rows: 10 }} style={{ padding: 16 }} />;
  if (threads.length === 0 || (source.showsFolders && problem))
    return (
      <NothingHere problem={problem} text={source.emptyText} onRetry={reload} onMore={hasMore ? loadMore : null} />
    );
  return (
    <div
      ref={list}
      role="listbox"
      aria-label={t('Conversations')}
      onKeyDown={onKeyDown}
      style={{ height: '100%', overflow: 'auto' }}
      data-testid="thread-list"
    >
      {threads.map((thread, index) => (
        <ThreadRow
          key={thread.id}
          thread={thread}
          isSelected={thread.id === selectedId}
          isFirst={selectedId === null && index === 0}
          folderName={source.showsFolders ? nameOf(thread.folderId) : null}
          onOpen={() => onOpen(thread)}
        />
      ))}
      {hasMore && (
        <Flex justify="center" style={{ padding: 12 }}>
          <Button onClick={() => void loadMore()}>{t('Show older conversations')}</Button>
        </Flex>
      )}
    </div>
  );
}

interface RowKeys extends Pick<ThreadListProps, 'onOpen' | 'actions'> {
  readonly list: RefObject<HTMLDivElement | null>;
  readonly threads: readonly WireThread[];
}

/** Keys move among the rows; letters act on the one that has the focus. */
function rowKeys({ list, threads, onOpen, actions }: RowKeys): (event: KeyboardEvent<HTMLDivElement>) => void {
  return (event) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-thread]');
    const thread = threads.find(({ id }) => id === Number(row?.dataset.thread));
    const shortcut = shortcutOf(event);
    const open = (id: number): void => {
      const focused = threads.find((one) => one.id === id);
      if (focused) onOpen(focused);
    };
    if (!thread || !shortcut) return moveFocus(event, list.current, open);
    const there = actions.from(thread.folderId);
    if (movesAway(there, shortcut)) neighbourOf(row)?.focus();
    runShortcut(there, shortcut, thread.id, thread.isStarred);
  };
}

/** Where a conversation is open, the next one opens too, or keys would act on two different ones. */
function useStepping(
  { stepping, selectedId, onOpen }: ThreadListProps,
  list: RefObject<HTMLDivElement | null>,
  threads: readonly WireThread[],
): void {
  useEffect(() => {
    stepping.current = (step) => {
      const rows = rowsOf(list.current);
      const { activeElement } = document;
      // Below the rows is the button for older ones: whoever stands there is not sent to the top.
      const isBelow = list.current !== activeElement && Boolean(list.current?.contains(activeElement));
      const row = rows.indexOf(activeElement as HTMLElement);
      const focused = row < 0 && isBelow ? rows.length : row;
      const open = threads.findIndex(({ id }) => id === selectedId);
      const at = rowAfter(step, { count: rows.length, focused, open });
      if (at === null) return;
      rows[at].focus();
      if (selectedId !== null && threads[at].id !== selectedId) onOpen(threads[at]);
    };
    return () => void (stepping.current = null);
  }, [stepping, list, threads, selectedId, onOpen]);
}

/** A conversation that closes or comes back leaves the keyboard at its row, or where its row was; not at the top of the page. */
function useFocusOnReturn(
  list: RefObject<HTMLDivElement | null>,
  selectedId: number | null,
  threads: readonly WireThread[],
  change: ThreadChange | null,
): void {
  const before = useRef(selectedId);
  const neighbour = useRef<HTMLElement | null>(null);
  const comingBack = useRef<number | null>(null);
  // Looked up before the row goes; the conversation closes before or after that.
  useEffect(() => {
    neighbour.current = change?.kind === 'gone' ? neighbourOf(rowOf(list.current, change.id)) : null;
    comingBack.current = change?.kind === 'back' ? change.id : null;
  }, [list, change]);
  useEffect(() => {
    const closed = before.current;
    before.current = selectedId;
    if (closed === null || selectedId !== null || document.activeElement !== document.body) return;
    (neighbour.current ?? rowOf(list.current, closed))?.focus();
    neighbour.current = null;
  }, [list, selectedId, change]);
  useEffect(() => {
    const row = comingBack.current === null ? null : rowOf(list.current, comingBack.current);
    if (!row) return;
    comingBack.current = null;
    if (document.activeElement === document.body) row.focus();
  }, [list, threads]);
}

const rowsOf = (list: HTMLElement | null): HTMLElement[] => [
  ...(list?.querySelectorAll<HTMLElement>('[role="option"]') ?? []),
];

function rowOf(list: HTMLElement | null, id: number): HTMLElement | null {
  return list?.querySelector<HTMLElement>(`[data-thread="${id}"]`) ?? null;
}

function neighbourOf(row: HTMLElement | null): HTMLElement | null {
  const rows = [row?.nextElementSibling, row?.previousElementSibling];
  return rows.find((one): one is HTMLElement => one instanceof HTMLElement && 'thread' in one.dataset) ?? null;
}

interface NothingHereProps {
  readonly problem: Problem | null;
  readonly text: string;
  readonly onRetry: () => Promise<void>;
  /** There is more that was not looked through. */
  readonly onMore: (() => Promise<void>) | null;
}

function NothingHere({ problem, text, onRetry, onMore }: NothingHereProps) {
  const t = useT();
  const retry = <Button onClick={() => void onRetry()}>{t('Try again')}</Button>;
  // What was typed is not understood a second time either.
  const isTyped = problem?.code.startsWith('EMAIL_SEARCH_');
  if (problem) return <Result status="warning" subTitle={sentenceOf(problem, t)} extra={isTyped ? null : retry} />;
  return (
    <Flex align="center" justify="center" style={{ height: '100%' }}>
      <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={onMore ? t('Nothing in the newest mails.') : text}>
        {onMore && <Button onClick={() => void onMore()}>{t('Search older mails')}</Button>}
      </Empty>
    </Flex>
  );
}

function moveFocus(
  event: KeyboardEvent<HTMLDivElement>,
  list: HTMLDivElement | null,
  onOpen: (id: number) => void,
): void {
  const rows = rowsOf(list);
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const places: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
  if (event.key in places) {
    rows[Math.min(rows.length - 1, Math.max(0, places[event.key]))]?.focus();
    event.preventDefault();
  } else if ((event.key === 'Enter' || event.key === ' ') && at >= 0) {
    onOpen(Number(rows[at].dataset.thread));
    event.preventDefault();
  }
}
