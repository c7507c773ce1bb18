import { microsoftConsentError, microsoftError } from '../errors';
import { isTokenRefused, smtpOutcome } from '../smtp-outcome';

it.each([
  [{ errorCode: 'invalid_client', errorNo: '7000215' }, 'EMAIL_CLIENT_SECRET_WRONG'],
  [
    { errorCode: 'invalid_client', errorMessage: 'AADSTS7000222: The provided client secret keys are expired' },
    'EMAIL_CLIENT_SECRET_EXPIRED',
  ],
  [{ errorCode: 'unauthorized_client', errorNo: '700016' }, 'EMAIL_CLIENT_ID_UNKNOWN'],
  [{ errorCode: 'invalid_grant', errorNo: '700082' }, 'EMAIL_RECONNECT_REQUIRED'],
  [{ errorCode: 'interaction_required', errorNo: '50076' }, 'EMAIL_RECONNECT_REQUIRED'],
  [{ errorCode: 'endpoints_resolution_error' }, 'EMAIL_AUTHORITY_UNREACHABLE'],
  [{ errorCode: 'temporarily_unavailable', errorNo: '90033' }, 'EMAIL_AUTHORITY_UNREACHABLE'],
  [{ errorCode: 'token_parsing_error' }, 'EMAIL_AUTHORITY_UNREACHABLE'],
  [{ errorMessage: 'AADSTS90002: Tenant not found.' }, 'EMAIL_TENANT_UNKNOWN'],
  [new TypeError('a bug of ours'), 'EMAIL_UNEXPECTED'],
])('%j is %s', (failure, code) => expect(microsoftError(failure).code).toBe(code));

it.each([
  ['access_denied', 'AADSTS65004: User declined', 'EMAIL_CONSENT_DECLINED'],
  ['access_denied', 'AADSTS90094: admin', 'EMAIL_CONSENT_NEEDS_ADMIN'],
  ['access_denied', '', 'EMAIL_CONSENT_DECLINED'],
  ['server_error', 'AADSTS90015', 'EMAIL_CONSENT_FAILED'],
])('consent error %s “%s” is %s', (error, description, code) =>
  expect(microsoftConsentError(error, description).code).toBe(code),
);

const smtp = (responseCode: number, text: string, more: object = {}) => ({
  responseCode,
  response: `${responseCode} ${text}`,
  ...more,
});
it.each([
  [
    smtp(535, '5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.', {
      code: 'EAUTH',
    }),
    'rejected',
    'EMAIL_SMTP_AUTH_DISABLED',
  ],
  [smtp(535, '5.7.3 Authentication unsuccessful', { code: 'EAUTH' }), 'rejected', 'EMAIL_LOGIN_REFUSED'],
  [smtp(554, '5.2.252 SendAsDenied; a not allowed to send as b'), 'rejected', 'EMAIL_SEND_AS_DENIED'],
  [
    smtp(550, '5.7.60 SMTP; Client does not have permissions to send as this sender'),
    'rejected',
    'EMAIL_SEND_AS_DENIED',
  ],
  [smtp(552, '5.3.4 Message size exceeds fixed maximum message size'), 'rejected', 'EMAIL_MESSAGE_TOO_LARGE'],
  [smtp(554, '5.2.0 STOREDRV SubmissionQuotaExceededException'), 'rejected', 'EMAIL_SENDING_LIMIT'],
  [smtp(452, '4.5.3 Too many recipients'), 'rejected', 'EMAIL_TOO_MANY_RECIPIENTS'],
  [smtp(550, '5.1.1 unknown', { command: 'RCPT TO' }), 'rejected', 'EMAIL_RECIPIENT_REFUSED'],
  [smtp(554, '5.6.0 Corrupt message'), 'rejected', 'EMAIL_SEND_REFUSED'],
  [smtp(432, '4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded'), 'later', 'EMAIL_THROTTLED'],
  [smtp(451, '4.7.0 Temporary server error'), 'later', 'EMAIL_SEND_LATER'],
  [{ code: 'ECONNREFUSED' }, 'later', 'EMAIL_SERVER_UNREACHABLE'],
  [{ code: 'EENVELOPE' }, 'rejected', 'EMAIL_RECIPIENT_REFUSED'],
])('%j is %s %s', (failure, kind, code) => expect(smtpOutcome(failure, false)).toMatchObject({ kind, code }));

it('knows that it does not know when the line dropped after the last byte', () => {
  expect(smtpOutcome(new Error('connection closed'), true)).toMatchObject({ kind: 'uncertain' });
  expect(smtpOutcome(smtp(451, '4.7.0 later'), true).kind).toBe('later');
});
it('asks for a new token only when the token was refused', () => {
  expect(isTokenRefused({ code: 'EAUTH', response: '535 5.7.3' })).toBe(true);
  expect(isTokenRefused({ code: 'EAUTH', response: '535 5.7.139' })).toBe(false);
  expect(isTokenRefused({ code: 'ECONNECTION' })).toBe(false);
});

it('an address in a server’s answer is no status code', () => {
  for (const text of ['4.7.0 wait [104.5.31.7]', '4.3.2 busy 15.3.42.1', '4.7.0 later 14.5.3.9'])
    expect(smtpOutcome(smtp(451, text), false).kind).toBe('later');
});

it('an address that the server repeats is not its words', () => {
  const refused = {
    responseCode: 550,
    response: '550 5.1.1 <throttle@contoso.test>: no such user',
    command: 'RCPT TO',
  };
  expect(smtpOutcome(refused, false)).toMatchObject({ kind: 'rejected', code: 'EMAIL_RECIPIENT_REFUSED' });
});
