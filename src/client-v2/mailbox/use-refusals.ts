import { App } from 'antd';
import { useLive } from '../api/use-live';
import { useT } from '../locale';

const SECONDS = 10;

/**
 * Says why, when the mail server did not accept what the reader did: a row that comes back without a word looks like a mistake.
 * @param withdraw called before, since there is nothing to take back any more
 */
export function useRefusals(withdraw: () => void): void {
  const t = useT();
  const { message } = App.useApp();
  useLive((topic, code) => {
    if (topic !== 'refused' || !code) return;
    withdraw();
    void message.warning({ key: 'email-refused', content: t(code), duration: SECONDS });
  });
}
