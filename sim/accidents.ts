import type { MessageStore } from '../src/server/ports/stores';
import type { Tables } from '../src/server/runtime/tables';
import type { ServerFeatures, ServerMessage } from './scripted-server';

const DEATH = 0.02;

const REFUSAL = 0.002;
const SICK_OF = 17;

/** In which histories some mails are refused whenever they are asked for, and in which any mail now and then. */
export interface Sickness {
  readonly hasSick: boolean;
  readonly isMoody: boolean;
}

/**
 * What was refused twice and is well again is found by comparing everything: with CONDSTORE that is once a day, to which a short history does not come.
 */
export const sicknessOf = (seed: number, { condstore }: ServerFeatures, isShort: boolean): Sickness => ({
  hasSick: seed % 3 === 1 && !(condstore && isShort),
  isMoody: seed % 2 === 1,
});

/** Whether the server refuses a FETCH because of a message. */
export function isSick({ hasSick, isMoody }: Sickness, { content }: ServerMessage, dice: () => number): boolean {
  return (hasSick && Math.abs(content) % SICK_OF === 3) || (isMoody && dice() < REFUSAL);
}

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
