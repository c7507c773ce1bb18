import type { ErrorCode } from '../../shared/error-codes';
import type { OAuthStateRow } from '../ports/records';

/** Why a returned state must not be used, or null when it may. Pure; the row is the one with the state's hash. */
export function stateFault(row: OAuthStateRow | null, cookieHash: string | null, now: number): ErrorCode | null {
  if (!row) return 'EMAIL_STATE_UNKNOWN';
  if (row.usedAt !== null) return 'EMAIL_STATE_USED';
  if (row.expiresAt <= now) return 'EMAIL_STATE_EXPIRED';
  if (cookieHash !== row.cookieHash) return 'EMAIL_STATE_OTHER_BROWSER';
  return null;
}
