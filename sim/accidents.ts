import type { MessageStore } from '../src/server/ports/stores';
import type { Tables } from '../src/server/runtime/tables';

const DEATH = 0.02;

/** A process is killed. */
export class Death extends Error {}

/** A store whose process may die before or after any write. */
export function mortal(store: MessageStore, random: () => number): MessageStore {
  let isDead = false;
  const live = (): void => {
    isDead ||= random() < DEATH;
    if (isDead) throw new Death();
  };
  return new Proxy(store, {
    get: (target, name: string) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        live();
        const answer: unknown = await Reflect.apply(method as (...args: unknown[]) => Promise<unknown>, target, args);
        live();
        return answer;
      };
    },
  });
}

/** Tables that report every transaction that is begun after the lease is lost and goes through: all that a worker writes is one. */
export function watched(tables: Tables, isLost: () => boolean, onWrite: () => void): Tables {
  const { accounts } = tables;
  const transaction: typeof accounts.transaction = async (work) => {
    const wasLost = isLost();
    const answer = await accounts.transaction(work);
    if (wasLost) onWrite();
    return answer;
  };
  return {
    ...tables,
    accounts: new Proxy(accounts, {
      get: (target, name): unknown => (name === 'transaction' ? transaction : Reflect.get(target, name)),
    }),
  };
}
