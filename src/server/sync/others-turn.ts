import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longer than this nobody else in the process has to wait for one of many pieces of work. */
const MOST_MS = 10;

/**
 * Gives others their turn between pieces of work, as soon as the pieces so far have taken long enough: giving it after each would cost more
 * than a small mail. Pieces must be short themselves.
 */
export function othersTurn(now: () => number = () => performance.now()): () => Promise<void> {
  let since = now();
  return async () => {
    if (now() - since < MOST_MS) return;
    await nextTurn();
    since = now();
  };
}
