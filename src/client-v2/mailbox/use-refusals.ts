import { App } from 'antd';
import { useLive } from '../api/use-live';
import { useT } from '../locale';
import { UNDO_KEY } from './use-thread-actions';

const SECONDS = 10;

/** Says why, when the mail server did not accept what the reader did: a row that comes back without a word looks like a mistake. */
export function useRefusals(): void {
  const t = useT();
  const { message } = App.useApp();
  useLive((topic, code) => {
    if (topic !== 'refused' || !code) return;
    // There is nothing to take back any more.
    message.destroy(UNDO_KEY);
    void message.warning({ key: 'email-refused', content: t(code), duration: SECONDS });
  });
}
