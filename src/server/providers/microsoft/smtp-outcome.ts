import type { SendOutcome } from '../../ports/transport';

interface SmtpFailure {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
}

type Rule = readonly [RegExp, (text: string) => SendOutcome];

const rejected = (code: Extract<SendOutcome, { kind: 'rejected' }>['code']) => (): SendOutcome => ({
  kind: 'rejected',
  code,
  params: {},
});

/** Exchange's own texts, most telling first (docs/spec/provider-quirks.md). */
const RULES: readonly Rule[] = [
  [/(?<![\d.])5\.7\.139(?![\d.])|SmtpClientAuthentication is disabled/i, rejected('EMAIL_SMTP_AUTH_DISABLED')],
  [
    /SendAsDenied|(?<![\d.])5\.(?:7\.60|2\.252)(?![\d.])|not have permissions to send as/i,
    rejected('EMAIL_SEND_AS_DENIED'),
  ],
  [/SubmissionQuotaExceeded|(?<![\d.])5\.1\.90(?![\d.])|RecipientRateExceeded/i, rejected('EMAIL_SENDING_LIMIT')],
  [/(?<![\d.])5\.3\.4(?![\d.])|message size exceeds/i, rejected('EMAIL_MESSAGE_TOO_LARGE')],
  [/(?<![\d.])4\.5\.3(?![\d.])|too many recipients/i, rejected('EMAIL_TOO_MANY_RECIPIENTS')],
  [/sender thread limit exceeded|throttl/i, () => ({ kind: 'later', code: 'EMAIL_THROTTLED', retryAt: null })],
];

/**
 * What a failed submission means (RFC 5321 §4.2). `handedOver` says that the whole message had been read from us: if
 * the line then dropped, the server may have taken it, and nobody knows.
 */
export function smtpOutcome(error: unknown, handedOver: boolean): SendOutcome {
  const failure = (error ?? {}) as SmtpFailure;
  // Addresses that the server repeats are not its words.
  const text = (failure.response ?? '').replace(/<[^>]*>|\S+@\S+/g, ' ');
  for (const [pattern, outcome] of RULES) if (pattern.test(text)) return outcome(text);
  const status = failure.responseCode ?? 0;
  if (status >= 500) return { kind: 'rejected', code: refusalCode(status, failure), params: { status } };
  if (status >= 400) return { kind: 'later', code: 'EMAIL_SEND_LATER', retryAt: null };
  // Refused by our own side of the line: another try would be refused as well.
  if (!handedOver && (failure.code === 'EENVELOPE' || failure.code === 'EMESSAGE')) {
    return { kind: 'rejected', code: 'EMAIL_RECIPIENT_REFUSED', params: {} };
  }
  return handedOver
    ? { kind: 'uncertain', code: 'EMAIL_DELIVERY_UNCERTAIN' }
    : { kind: 'later', code: 'EMAIL_SERVER_UNREACHABLE', retryAt: null };
}

function refusalCode(
  status: number,
  failure: SmtpFailure,
): 'EMAIL_LOGIN_REFUSED' | 'EMAIL_RECIPIENT_REFUSED' | 'EMAIL_SEND_REFUSED' {
  if (failure.code === 'EAUTH' || status === 535) return 'EMAIL_LOGIN_REFUSED';
  return failure.command?.startsWith('RCPT') ? 'EMAIL_RECIPIENT_REFUSED' : 'EMAIL_SEND_REFUSED';
}

/** True when the server refused our token, as opposed to SMTP AUTH being off. */
export function isTokenRefused(error: unknown): boolean {
  const failure = (error ?? {}) as SmtpFailure;
  return failure.code === 'EAUTH' && !/5\.7\.139/.test(failure.response ?? '');
}
