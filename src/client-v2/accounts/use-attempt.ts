import { App } from 'antd';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';

/** Runs a call, says how it went, and refreshes. */
export function useAttempt(onDone: () => void): (work: () => Promise<unknown>, done?: string) => Promise<void> {
  const t = useT();
  const { message } = App.useApp();
  return async (work, done) => {
    try {
      await work();
      if (done) message.success(done);
    } catch (error) {
      message.error(sentenceOf(error, t));
    }
    onDone();
  };
}
