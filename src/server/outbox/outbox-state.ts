import type { OutboxRow, OutboxState } from '../ports/records';

export type OutboxEvent = 'claim' | 'sent' | 'rejected' | 'later' | 'uncertain' | 'cancel' | 'retry' | 'dismiss';

/** When nobody looks for an uncertain mail any more: it waits for its owner, and no worker picks it up. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** True while a mail whose fate is unknown is still being looked for: a second copy now would be a guess. */
export function isStillLookedFor({ state, dueAt }: Pick<OutboxRow, 'state' | 'dueAt'>): boolean {
  return state === 'uncertain' && dueAt < NEVER;
}

const NEXT: Readonly<Record<OutboxState, Partial<Record<OutboxEvent, OutboxState>>>> = {
  queued: { claim: 'transmitting', cancel: 'cancelled' },
  later: { claim: 'transmitting', cancel: 'cancelled' },
  transmitting: { sent: 'sent', rejected: 'rejected', later: 'later', uncertain: 'uncertain' },
  // Found in Sent, or the user decides: never sent again by itself.
  uncertain: { sent: 'sent', retry: 'queued', cancel: 'cancelled' },
  // Put out of sight: the note that a mail did not reach everybody, or a refused mail, whose draft stays.
  sent: { dismiss: 'sent' },
  rejected: { dismiss: 'cancelled' },
  cancelled: {},
};

/** The state that follows, or `illegal`. Pure. */
export function nextOutboxState(state: OutboxState, event: OutboxEvent): OutboxState | 'illegal' {
  return NEXT[state][event] ?? 'illegal';
}

const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 60 * 60_000;
const MOST_ATTEMPTS = 20;

/** When to try again after the n-th failure (n ≥ 1), or null when it is time to ask the user. */
export function retryDelayMs(attempts: number): number | null {
  return attempts >= MOST_ATTEMPTS ? null : Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
}
