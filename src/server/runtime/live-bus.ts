import type { LivePayload } from '../../shared/wire';
import type { LiveBus } from '../ports/runtime';

/** Between two messages of one topic: a first synchronisation changes a lot. */
const QUIET_MS = 250;

/**
 * Tells a user's browsers what has changed: at once after a quiet time, and once more at its end when more has changed meanwhile. So a mail
 * that arrives alone shows without delay, and the last change of many is never left out.
 */
export function liveBus(send: (user: number, payload: LivePayload) => void): LiveBus {
  /** Topics in their quiet time, and whether something has changed in it. */
  const quiet = new Map<string, boolean>();
  return {
    changed(user, change) {
      const { accountId = null, topic } = change;
      const payload = { topic, accountId, ...('code' in change ? { code: change.code } : {}) };
      const key = `${user}:${JSON.stringify(payload)}`;
      if (quiet.has(key)) return void quiet.set(key, true);
      const tell = (): void => {
        send(user, payload);
        quiet.set(key, false);
        setTimeout(() => (quiet.get(key) ? tell() : quiet.delete(key)), QUIET_MS).unref();
      };
      tell();
    },
  };
}
