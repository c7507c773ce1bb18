import { App } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import { LINK_MESSAGE } from '../../shared/constants';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';

interface LinkMessage {
  readonly type: string;
  readonly ok: boolean;
  readonly text: string;
  /** The mailbox was linked before. */
  readonly isAgain: boolean;
}

const POPUP = 'popup,width=560,height=720';
const SECONDS_TO_READ = 8;

/** Sends the user to the provider's consent page in a window of its own, and hears from it how it went. */
export function useLink(onLinked: () => void) {
  const t = useT();
  const api = useMailApi();
  const { message } = App.useApp();
  const [isLinking, setLinking] = useState(false);
  // Every card and every tab hears the answer; only the one that asked shows it.
  const hasAsked = useRef(false);
  const answered = useCallback(
    (answer: LinkMessage) => {
      if (!hasAsked.current) return;
      hasAsked.current = false;
      setLinking(false);
      if (!answer.ok) return void message.error(answer.text, SECONDS_TO_READ);
      if (answer.isAgain) void message.info(answer.text, SECONDS_TO_READ);
      onLinked();
    },
    [message, onLinked],
  );
  useLinkAnswers(answered);
  const link = useCallback(
    async (provider: string, accountId?: number) => {
      // Opened in the click itself; a window opened after a request would be blocked.
      const popup = window.open('about:blank', '_blank', POPUP);
      if (!popup) {
        message.warning(t('Your browser blocked the sign-in window. Allow pop-ups for this site and try again.'));
        return;
      }
      hasAsked.current = true;
      setLinking(true);
      try {
        const { url } = await api.beginLink(provider, accountId);
        popup.location.href = url;
        await closed(popup);
      } catch (error) {
        popup.close();
        message.error(sentenceOf(error, t), SECONDS_TO_READ);
      } finally {
        setLinking(false);
      }
    },
    [api, message, t],
  );
  return { link, isLinking };
}

/** Hears what the callback page reports, however late: a sign-in page may cut the tie to its opener. */
function useLinkAnswers(answered: (answer: LinkMessage) => void): void {
  const latest = useRef(answered);
  latest.current = answered;
  useEffect(() => {
    const channel = new BroadcastChannel(LINK_MESSAGE);
    channel.onmessage = ({ data }: MessageEvent<LinkMessage>) => latest.current(data);
    return () => channel.close();
  }, []);
}

/** Resolves once the window is closed, or looks so because the sign-in page cut its tie to us. */
function closed(popup: Window): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!popup.closed) return;
      clearInterval(timer);
      resolve();
    }, 300);
  });
}
