import { Button, Empty, Flex, Result, Skeleton } from 'antd';
import { useCallback, useEffect, useRef, type KeyboardEvent, type RefObject } from 'react';
import type { WireFolder } from '../../shared/wire';
import type { Problem } from '../api/problem';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';
import { ThreadRow } from './ThreadRow';
import { useThreads } from './use-threads';

export interface ThreadListProps {
  readonly folder: WireFolder;
  readonly selectedId: number | null;
  readonly onOpen: (threadId: number) => void;
  /** Rises when the list must be read again. */
  readonly refreshKey: number;
}

/** Conversations of a folder, a page at a time. Arrow keys, Home and End move; Enter opens. */
export function ThreadList({ folder, selectedId, onOpen, refreshKey }: ThreadListProps) {
  const t = useT();
  const { threads, problem, isLoading, hasMore, loadMore, reload } = useThreads(folder.id);
  const list = useRef<HTMLDivElement>(null);
  useFocusOnReturn(list, selectedId);
  useEffect(() => {
    if (refreshKey > 0) void reload();
  }, [refreshKey, reload]);
  const onKeyDown = useCallback(
    (event: KeyboardEvent<HTMLDivElement>) => moveFocus(event, list.current, onOpen),
    [onOpen],
  );

  if (isLoading) return <Skeleton active title={false} paragraph={{ rows: 10 }} style={{ padding: 16 }} />;
  if (threads.length === 0) return <NothingHere problem={problem} onRetry={reload} />;
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
          onOpen={() => onOpen(thread.id)}
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

/** A conversation that closes leaves the keyboard at its row, not at the top of the page. */
function useFocusOnReturn(list: RefObject<HTMLDivElement | null>, selectedId: number | null): void {
  const before = useRef(selectedId);
  useEffect(() => {
    const closed = before.current;
    before.current = selectedId;
    if (closed === null || selectedId !== null || document.activeElement !== document.body) return;
    list.current?.querySelector<HTMLElement>(`[data-thread="${closed}"]`)?.focus();
  }, [list, selectedId]);
}

function NothingHere({ problem, onRetry }: { problem: Problem | null; onRetry: () => Promise<void> }) {
  const t = useT();
  const retry = <Button onClick={() => void onRetry()}>{t('Try again')}</Button>;
  if (problem) return <Result status="warning" subTitle={sentenceOf(problem, t)} extra={retry} />;
  return (
    <Flex align="center" justify="center" style={{ height: '100%' }}>
      <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('Nothing in this folder.')} />
    </Flex>
  );
}

function moveFocus(
  event: KeyboardEvent<HTMLDivElement>,
  list: HTMLDivElement | null,
  onOpen: (id: number) => void,
): void {
  const rows = [...(list?.querySelectorAll<HTMLElement>('[role="option"]') ?? [])];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    j: at + 1,
    ArrowUp: at - 1,
    k: at - 1,
    Home: 0,
    End: rows.length - 1,
  };
  if (event.key in steps) {
    rows[Math.min(rows.length - 1, Math.max(0, steps[event.key]))]?.focus();
    event.preventDefault();
  } else if ((event.key === 'Enter' || event.key === ' ') && at >= 0) {
    onOpen(Number(rows[at].dataset.thread));
    event.preventDefault();
  }
}
