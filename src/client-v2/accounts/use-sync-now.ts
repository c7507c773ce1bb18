import { App } from 'antd';
import { useEffect, useState } from 'react';
import type { WireAccount } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';
import { answerOf, isPaused, partlyText, type AskedAccount } from './account-states';

/** A large mailbox takes longer: then it is told that it goes on. */
const LONGEST_MS = 30_000;
/** A sentence that says where to look takes longer to read than a word. */
const READ_S = 8;
/** For browsers that get no word from the server. */
const ASK_EVERY_MS = 2_000;

/** Asks for a pass, and says how it went when it is over, or why there is none now. */
export function useSyncNow(account: WireAccount, refresh: () => void) {
  const t = useT();
  const api = useMailApi();
  const { message } = App.useApp();
  const [asked, setAsked] = useState<AskedAccount | null>(null);
  const isSyncing = asked?.id === account.id;
  const answer = isSyncing ? answerOf(account, asked) : 'waiting';
  const partly = partlyText(account.troubledFolders, t);
  const failure = account.error ? t(account.error.code, account.error.params) : null;
  useEffect(() => {
    if (answer === 'waiting') return;
    setAsked(null);
    if (answer === 'up-to-date') void message.success(t('Everything is up to date.'));
    else if (answer === 'partly') void message.warning(partly, READ_S);
    else if (failure) void message.warning(failure);
  }, [answer, partly, failure, message, t]);
  useEffect(() => {
    if (!isSyncing) return undefined;
    const again = setInterval(refresh, ASK_EVERY_MS);
    const end = setTimeout(() => {
      setAsked(null);
      void message.info(t('This takes a while; it goes on by itself.'));
    }, LONGEST_MS);
    return () => {
      clearInterval(again);
      clearTimeout(end);
    };
  }, [isSyncing, refresh, message, t]);
  const syncNow = async (): Promise<void> => {
    if (isPaused(account)) return void message.info(t('EMAIL_THROTTLED'));
    setAsked(account);
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
