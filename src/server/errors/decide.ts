import type { ErrorCode, ErrorKind } from '../../shared/error-codes';
import { assertNever } from './mail-error';

/** What a background worker does after a failure. */
export type Decision =
  | { kind: 'retry'; at: Date; code: ErrorCode }
  | { kind: 'reconnect'; code: ErrorCode }
  | { kind: 'misconfigured'; code: ErrorCode }
  | { kind: 'look-again'; code: ErrorCode };

export interface Failure {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly retryAt?: Date;
}

const FIRST_DELAY_MS = 2_000;
const LONGEST_DELAY_MS = 15 * 60_000;
const MISSING_RIGHT_DELAY_MS = 30 * 60_000;
/** With the delays between them an hour, nearly. */
const MOST_REFUSED_LOGINS = 12;

/**
 * Decides what follows from a failure. Pure: `jitter` (0…1) is given.
 * A server's own hint (`retryAt`) always wins over our back-off; a missing right is looked at again once at once and then every
 * half hour, because an administrator mends it elsewhere and nobody tells us. A mailbox that has worked and refuses a token which the sign-in service
 * has just given is no reason to ask its owner for a new consent at once: that is proven good, and Exchange in trouble says the same.
 * @param hasWorked it has been read before
 */
export function decide(failure: Failure, attempt: number, now: Date, jitter: number, hasWorked = false): Decision {
  const { code } = failure;
  switch (failure.kind) {
    case 'auth-required':
      return afterRefusal(code, hasWorked, attempt, later(undefined, attempt, now, jitter));
    case 'configuration':
      return { kind: 'misconfigured', code };
    case 'permission':
      // Exchange says the same in a moment of load (Q3): once more soon, before the mailbox is left alone for half an hour.
      return attempt === 0
        ? { kind: 'retry', at: later(undefined, attempt, now, jitter), code }
        : { kind: 'retry', at: new Date(now.getTime() + MISSING_RIGHT_DELAY_MS), code };
    case 'gone':
      // Once at once; a folder that is never as announced must not be asked every second.
      return attempt === 0
        ? { kind: 'look-again', code }
        : { kind: 'retry', at: later(failure.retryAt, attempt, now, jitter), code };
    case 'transient':
    case 'limit':
    case 'invalid':
    case 'not-found':
    case 'conflict':
    case 'unexpected':
      return { kind: 'retry', at: later(failure.retryAt, attempt, now, jitter), code };
    default:
      return assertNever(failure.kind);
  }
}

const afterRefusal = (code: ErrorCode, hasWorked: boolean, attempt: number, at: Date): Decision =>
  hasWorked && code === 'EMAIL_LOGIN_REFUSED' && attempt < MOST_REFUSED_LOGINS
    ? { kind: 'retry', at, code }
    : { kind: 'reconnect', code };

function later(hint: Date | undefined, attempt: number, now: Date, jitter: number): Date {
  if (hint && hint > now) return hint;
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 20));
  return new Date(now.getTime() + delay * (0.75 + jitter / 2));
}

/** A connection that lived so long and then dropped is a session that a server ended, as they all do now and then. */
const ORDINARY_LIFE_MS = 5 * 60_000;

/** True for the end of a connection that is no failure: it is opened again at once (Q7). Pure. */
export function isOrdinaryEnd(code: ErrorCode, livedMs: number): boolean {
  if (livedMs < ORDINARY_LIFE_MS) return false;
  return code === 'EMAIL_TOKEN_EXPIRED' || code === 'EMAIL_CONNECTION_LOST';
}
