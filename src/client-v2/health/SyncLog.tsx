import { useApp } from '@nocobase/client-v2';
import { Alert, Button, Flex, Skeleton, theme, Typography } from 'antd';
import { useCallback, useState } from 'react';
import type { WireFolder, WireLogLine } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { sentenceOf, toProblem, type Problem } from '../api/problem';
import { useLoaded } from '../api/use-loaded';
import { exactTime } from '../format';
import { useT } from '../locale';
import { folderPath } from '../mailbox/folder-name';
import { logWords } from './log-words';
import { useLiveReload } from './use-live-reload';

export interface SyncLogProps {
  readonly accountId: number;
  readonly folders: readonly WireFolder[];
}

/** What the synchronising of one mailbox did, newest first, in words. */
export function SyncLog({ accountId, folders }: SyncLogProps) {
  const t = useT();
  const { token } = theme.useToken();
  const { language } = useApp().i18n;
  const { lines, problem, isLoading, more } = useLines(accountId);
  if (isLoading) return <Skeleton active />;
  const nameOf = ({ folderId }: WireLogLine): string | null => {
    const folder = folders.find((one) => one.id === folderId);
    return folder ? folderPath(folder, t) : null;
  };
  return (
    <Flex vertical gap="small" data-testid="sync-log">
      {problem && <Alert type="warning" showIcon message={sentenceOf(problem, t)} />}
      <ol style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {lines.map((line) => (
          <li key={line.id} style={{ padding: `${token.paddingXXS}px 0`, overflowWrap: 'anywhere' }}>
            <Typography.Text type="secondary">{exactTime(line.at, language)}</Typography.Text>{' '}
            <span style={line.error ? { color: token.colorErrorText } : undefined}>
              {logWords(line, nameOf(line), t)}
            </span>
          </li>
        ))}
      </ol>
      {lines.length === 0 && !problem && <Typography.Text type="secondary">{t('Nothing yet.')}</Typography.Text>}
      {more && (
        <Button size="small" onClick={() => void more()} style={{ alignSelf: 'start' }}>
          {t('Older entries')}
        </Button>
      )}
    </Flex>
  );
}

interface Lines {
  readonly lines: readonly WireLogLine[];
  readonly problem: Problem | null;
  readonly isLoading: boolean;
  /** Fetches the next page; null when there is none. */
  readonly more: (() => Promise<void>) | null;
}

/** The newest page, kept fresh, and the older ones that were asked for. */
function useLines(accountId: number): Lines {
  const api = useMailApi();
  const { data, problem, isLoading, reload } = useLoaded(useCallback(() => api.log(accountId), [api, accountId]));
  useLiveReload(reload);
  const [older, setOlder] = useState<{ lines: readonly WireLogLine[]; nextBefore: number | null } | null>(null);
  const [failure, setFailure] = useState<Problem | null>(null);
  const before = older ? older.nextBefore : (data?.nextBefore ?? null);
  const more = async (): Promise<void> => {
    try {
      const page = await api.log(accountId, before ?? undefined);
      setOlder((known) => ({
        lines: [...(known?.lines ?? data?.lines ?? []), ...page.lines],
        nextBefore: page.nextBefore,
      }));
      setFailure(null);
    } catch (error) {
      setFailure(toProblem(error));
    }
  };
  const newest = data?.lines ?? [];
  const oldest = newest.at(-1)?.id ?? Infinity;
  // Lines that came since push others from the newest page to where only `older` has them.
  const lines = [...newest, ...(older?.lines ?? []).filter((line) => line.id < oldest)];
  return { lines, problem: failure ?? problem, isLoading, more: before === null ? null : more };
}
