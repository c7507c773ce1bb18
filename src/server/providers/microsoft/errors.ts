import type { ErrorCode } from '../../../shared/error-codes';
import { MailError } from '../../errors/mail-error';

interface MsalFailure {
  readonly errorCode?: string;
  readonly errorNo?: string;
  readonly errorMessage?: string;
  readonly message?: string;
}

/** AADSTS numbers that say more than the OAuth error (Microsoft, "AADSTS error codes"). */
const BY_NUMBER: Readonly<Record<string, ErrorCode>> = {
  7000215: 'EMAIL_CLIENT_SECRET_WRONG',
  7000222: 'EMAIL_CLIENT_SECRET_EXPIRED',
  700016: 'EMAIL_CLIENT_ID_UNKNOWN',
  90002: 'EMAIL_TENANT_UNKNOWN',
  9002313: 'EMAIL_RECONNECT_REQUIRED', // a malformed code: client and secret were accepted
  50011: 'EMAIL_REDIRECT_URI_MISMATCH',
  500113: 'EMAIL_REDIRECT_URI_MISMATCH',
  65004: 'EMAIL_CONSENT_DECLINED',
  90094: 'EMAIL_CONSENT_NEEDS_ADMIN',
  90095: 'EMAIL_CONSENT_NEEDS_ADMIN',
  90099: 'EMAIL_CONSENT_NEEDS_ADMIN',
};

/** OAuth and MSAL error codes. Any `invalid_grant` means reconnect: AADSTS700082 comes as a plain ServerError. */
const BY_OAUTH_ERROR: Readonly<Record<string, ErrorCode>> = {
  invalid_grant: 'EMAIL_RECONNECT_REQUIRED',
  interaction_required: 'EMAIL_RECONNECT_REQUIRED',
  consent_required: 'EMAIL_RECONNECT_REQUIRED',
  login_required: 'EMAIL_RECONNECT_REQUIRED',
  no_tokens_found: 'EMAIL_RECONNECT_REQUIRED',
  no_account_in_silent_request: 'EMAIL_RECONNECT_REQUIRED',
  invalid_client: 'EMAIL_CLIENT_SECRET_WRONG',
  unauthorized_client: 'EMAIL_CLIENT_ID_UNKNOWN',
  endpoints_resolution_error: 'EMAIL_AUTHORITY_UNREACHABLE',
  network_error: 'EMAIL_AUTHORITY_UNREACHABLE',
  token_parsing_error: 'EMAIL_AUTHORITY_UNREACHABLE',
  temporarily_unavailable: 'EMAIL_AUTHORITY_UNREACHABLE',
  server_error: 'EMAIL_AUTHORITY_UNREACHABLE',
  request_cannot_be_made: 'EMAIL_AUTHORITY_UNREACHABLE',
};

/** Translates what MSAL threw. The one place that knows Entra's error numbers. */
export function microsoftError(error: unknown): MailError {
  if (error instanceof MailError) return error;
  const failure = (error ?? {}) as MsalFailure;
  const text = failure.errorMessage ?? failure.message ?? '';
  const number = String(failure.errorNo ?? /AADSTS(\d+)/.exec(text)?.[1] ?? '');
  const code = BY_NUMBER[number] ?? BY_OAUTH_ERROR[failure.errorCode ?? ''];
  if (code) return new MailError(code, { cause: error });
  // Everything else at the token endpoint (429, 5xx, HTML) passes by itself.
  return new MailError(failure.errorCode ? 'EMAIL_AUTHORITY_UNREACHABLE' : 'EMAIL_UNEXPECTED', { cause: error });
}

/** Error parameters of a consent redirect (RFC 6749 §4.1.2.1), as Entra fills them. */
export function microsoftConsentError(error: string, description: string): MailError {
  const number = /AADSTS(\d+)/.exec(description)?.[1] ?? '';
  const known = BY_NUMBER[number];
  if (known) return new MailError(known);
  if (error === 'access_denied') return new MailError('EMAIL_CONSENT_DECLINED');
  if (error === 'consent_required' || error === 'interaction_required')
    return new MailError('EMAIL_CONSENT_NEEDS_ADMIN');
  return new MailError('EMAIL_CONSENT_FAILED', { params: { reason: number ? `AADSTS${number}` : error.slice(0, 40) } });
}
