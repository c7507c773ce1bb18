import { App } from 'antd';
import { useCallback, useState } from 'react';
import { LINK_MESSAGE } from '../../shared/constants';
import { useMailApi } from '../api/mail-api';
import { toProblem } from '../api/problem';
import { useT } from '../locale';

interface LinkMessage {
  readonly type: string;
  readonly ok: boolean;
  readonly text: string;
}

const POPUP = 'popup,width=560,height=720';

/** Sends the user to the provider's consent page in a window of its own, and hears from it how it went. */
export function useLink(onLinked: () => void) {
  const t = useT();
  const api = useMailApi();
  const { message } = App.useApp();
  const [isLinking, setLinking] = useState(false);
  const link = useCallback(
    async (provider: string, accountId?: number) => {
      // Opened in the click itself; a window opened after a request would be blocked.
      const popup = window.open('about:blank', '_blank', POPUP);
      if (!popup) {
        message.warning(t('Your browser blocked the sign-in window. Allow pop-ups for this site and try again.'));
        return;
      }
      setLinking(true);
      try {
        const { url } = await api.beginLink(provider, accountId);
        popup.location.href = url;
        const answer = await answerOf(popup);
        if (answer && !answer.ok) message.error(answer.text, 8);
        if (answer?.ok) onLinked();
      } catch (error) {
        popup.close();
        message.error(toProblem(error).message, 8);
      } finally {
        setLinking(false);
      }
    },
    [api, message, onLinked, t],
  );
  return { link, isLinking };
}

/** What the callback page reports, or null when the window is closed before. */
function answerOf(popup: Window): Promise<LinkMessage | null> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(LINK_MESSAGE);
    let closedChecks = 0;
    const finish = (answer: LinkMessage | null): void => {
      clearInterval(timer);
      channel.close();
      resolve(answer);
    };
    // A sign-in page may cut the tie to its opener and look closed while it is open. Then we only stop showing that we
    // wait: the account arrives by the live update all the same.
    const timer = setInterval(() => {
      closedChecks = popup.closed ? closedChecks + 1 : 0;
      if (closedChecks > 3) finish(null);
    }, 1_000);
    channel.onmessage = ({ data }: MessageEvent<LinkMessage>) => finish(data);
  });
}
