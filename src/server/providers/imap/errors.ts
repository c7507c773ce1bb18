import { MailError } from '../../errors/mail-error';
import type { ErrorCode } from '../../../shared/error-codes';

interface ImapFailure {
  readonly code?: string;
  readonly authenticationFailed?: boolean;
  readonly responseText?: string;
  readonly responseStatus?: string;
  /** Of the answer, without brackets (RFC 5530). */
  readonly serverResponseCode?: string;
  readonly response?: unknown;
  readonly throttleReset?: number;
  readonly mailboxMissing?: boolean;
  readonly message?: string;
}

const CONNECTION_CODES = new Set([
  'NoConnection',
  'EConnectionClosed',
  'ECONNRESET',
  'EPIPE',
  'ETIMEOUT',
  'StateLogout',
  'LockTimeout',
  'ClosedAfterConnectTLS',
  'ClosedAfterConnectText',
]);
const UNREACHABLE_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'CONNECT_TIMEOUT',
  'GREETING_TIMEOUT',
  'UPGRADE_TIMEOUT',
]);
const UNREADABLE_CODES = new Set(['MAX_IMAP_NESTING_REACHED', 'LiteralTooLarge', 'LineTooLarge', 'ResponseTooLarge']);

/**
 * What Exchange says (Q4). Servers quote folder names in their answers, and a folder may be called “Throttled”: only the
 * sentence counts, or a time to wait.
 */
const THROTTLED = /\b(?:is|are|been|being) throttled\b|Suggested Backoff Time: *\d|\[(?:THROTTLED|LIMIT)\]/i;

/** What servers say of themselves when they cannot serve. Whole sentences: they also quote names of folders. */
const BUSY =
  /\[(?:UNAVAILABLE|INUSE|SERVERBUG)\]|(?:server|service|system|mailbox|backend|temporarily) (?:is )?(?:currently |temporarily )?unavailable|temporary (?:authentication )?failure|(?:please )?try again(?: later)?|server (?:is )?(?:too )?busy|too many (?:simultaneous |concurrent )?(?:connections|requests|commands|logins|sessions)/i;

/** Said of the credentials themselves, whatever else is said (RFC 5530 §3). */
const REFUSED = /\[(?:AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED)\]/i;

const isBusy = (text: string): boolean => BUSY.test(text) && !REFUSED.test(text);

/** Servers quote what they were asked for; only their own words count. */
function withoutQuotes(text: string): string {
  return text.replace(/"[^"]*"|'[^']*'|<[^>]*>/g, ' ');
}

/** All that a server said, in its own words. */
function saidIn({ responseText = '', response, serverResponseCode = '' }: ImapFailure): string {
  return withoutQuotes(`${responseText} ${typeof response === 'string' ? response : ''} [${serverResponseCode}]`);
}

/** Whether the connection can still be used after this error: a refused command can be followed by another. */
export function isConnectionLoss(error: MailError): boolean {
  return error.kind === 'transient' || error.kind === 'auth-required';
}

/** Translates what imapflow or the socket threw. Quirk numbers: docs/spec/provider-quirks.md. */
export function imapError(error: unknown, now = Date.now()): MailError {
  if (error instanceof MailError) return error;
  const failure = (error ?? {}) as ImapFailure;
  const text = saidIn(failure);
  if (failure.throttleReset || failure.code === 'ETHROTTLE' || THROTTLED.test(text)) {
    return new MailError('EMAIL_THROTTLED', { cause: error, retryAt: new Date(now + backOffMs(failure)) });
  }
  return new MailError(codeOf(failure, text), { cause: error });
}

/** Something that cannot be parsed. imapflow numbers the places where it gave up: `ParserError9`. */
const isUnreadable = ({ code }: ImapFailure): boolean =>
  // Errors of Node's own have numbers.
  UNREADABLE_CODES.has(String(code)) || String(code).startsWith('ParserError');

/** An answer that nobody understands says nothing of the token, nor do the notes of Exchange's proxy (`junk-codes.ts`). */
const loginCodeOf = (failure: ImapFailure): ErrorCode =>
  isUnreadable(failure) || /^\W*Error=/.test(failure.responseText ?? '')
    ? 'EMAIL_SERVER_UNREACHABLE'
    : 'EMAIL_LOGIN_REFUSED';

function codeOf(failure: ImapFailure, text: string): ErrorCode {
  if (/authenticated but not connected/i.test(text)) return 'EMAIL_IMAP_DISABLED'; // Q3
  if (/(?:invalidated\W+|^\W*)AccessTokenExpired/i.test(text)) return 'EMAIL_TOKEN_EXPIRED'; // Q7
  // A server that cannot check a login now says nothing of the token (RFC 5530 §3, UNAVAILABLE).
  if (isBusy(text)) return 'EMAIL_SERVER_UNREACHABLE';
  if (failure.authenticationFailed) return loginCodeOf(failure);
  if (failure.mailboxMissing || /no longer exist|nonexistent|doesn't exist|not found/i.test(text))
    return 'EMAIL_FOLDER_CHANGED'; // Q5
  const code = failure.code ?? '';
  if (UNREACHABLE_CODES.has(code)) return 'EMAIL_SERVER_UNREACHABLE';
  if (CONNECTION_CODES.has(code)) return 'EMAIL_CONNECTION_LOST';
  if (isUnreadable(failure)) return 'EMAIL_MESSAGE_UNREADABLE';
  if (/certificate|self.signed|ERR_TLS|SSL/i.test(`${code} ${failure.message ?? ''}`))
    return 'EMAIL_SERVER_UNREACHABLE';
  return failure.responseStatus ? 'EMAIL_FOLDER_CHANGED' : 'EMAIL_UNEXPECTED';
}

/** Whether the server says that a folder which it lists is not there. */
export function saysNonexistent(error: unknown): boolean {
  const { serverResponseCode, responseText, mailboxMissing } = (error ?? {}) as ImapFailure;
  const text = withoutQuotes(responseText ?? '');
  return (
    serverResponseCode === 'NONEXISTENT' ||
    mailboxMissing === true ||
    /\b(?:doesn't|does not) exist\b|\bnonexistent\b/i.test(text)
  );
}

/** Exchange asks for minutes, some servers for the rest of the day; one that asks for years is not obeyed. */
const LONGEST_PAUSE_MS = 24 * 60 * 60_000;

/** Exchange counts in milliseconds; a unit that is named otherwise is taken at its word. */
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * How long a server asks to be left alone, ms, a day at most. imapflow's own reading (`throttleReset`) takes any number for
 * milliseconds, so what the server wrote comes first.
 */
export function backOffMs(failure: ImapFailure): number {
  const named = /Backoff Time[:=\s]+(\d+)\s*(?:(?!ms\b)(s|m|h)(?:ec|econd|in|inute|r|our)?s?\b)?/i.exec(
    saidIn(failure),
  );
  const written = named ? Number(named[1]) * (UNIT_MS[named[2]?.toLowerCase()] ?? 1) : undefined;
  const wanted = written ?? failure.throttleReset ?? 60_000;
  return Number.isFinite(wanted) ? Math.min(Math.max(wanted, 0), LONGEST_PAUSE_MS) : LONGEST_PAUSE_MS;
}
