import { App } from 'antd';
import { useEffect, useState } from 'react';
import type { WireAccount } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';
import { isPaused } from './account-states';

/** A large mailbox takes longer; that it goes on is seen elsewhere. */
const LONGEST_MS = 30_000;
/** For browsers that get no word from the server. */
const ASK_EVERY_MS = 2_000;

/** Which pass of which mailbox was the last when another one was asked for. */
interface Asked {
  readonly id: number;
  readonly lastPassAt: number | null;
}

/** Asks for a pass, and says how it went when it is over, or why there is none now. */
export function useSyncNow(account: WireAccount, refresh: () => void) {
  const t = useT();
  const api = useMailApi();
  const { message } = App.useApp();
  const [asked, setAsked] = useState<Asked | null>(null);
  const isSyncing = asked?.id === account.id;
  const isOver = isSyncing && account.lastPassAt !== asked.lastPassAt;
  useEffect(() => {
    if (!isOver) return;
    setAsked(null);
    void message.success(t('Everything is up to date.'));
  }, [isOver, message, t]);
  const isRefused = isSyncing && isPaused(account);
  useEffect(() => {
    if (!isRefused) return;
    setAsked(null);
    void message.info(t('EMAIL_THROTTLED'));
  }, [isRefused, message, t]);
  useEffect(() => {
    if (!isSyncing) return undefined;
    const again = setInterval(refresh, ASK_EVERY_MS);
    const end = setTimeout(() => setAsked(null), LONGEST_MS);
    return () => {
      clearInterval(again);
      clearTimeout(end);
    };
  }, [isSyncing, refresh]);
  const syncNow = async (): Promise<void> => {
    if (isPaused(account)) return void message.info(t('EMAIL_THROTTLED'));
    setAsked({ id: account.id, lastPassAt: account.lastPassAt });
    try {
      await api.syncNow(account.id);
    } catch (error) {
      setAsked(null);
      void message.error(sentenceOf(error, t));
    }
    refresh();
  };
  return { isSyncing, syncNow };
}
