/** Refusals in Exchange's own words (docs/spec/provider-quirks.md). `{user}` and `{from}` are filled in. */
const REFUSALS: Readonly<Record<string, readonly [number, string]>> = {
  auth: [535, '5.7.3 Authentication unsuccessful [SANDBOX]'],
  authDisabled: [
    535,
    '5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [SANDBOX]',
  ],
  sendAs: [
    554,
    '5.2.252 SendAsDenied; {user} not allowed to send as {from}; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Cannot submit message.',
  ],
  throttle: [432, '4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded [SANDBOX]'],
  recipients: [452, '4.5.3 Too many recipients'],
  daily: [
    554,
    "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; The message can't be submitted because the sender's submission quota was exceeded.",
  ],
  tooBig: [552, '5.3.4 Message size exceeds fixed maximum message size'],
  unknownRecipient: [550, '5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'],
  temporary: [451, '4.7.0 Temporary server error. Please try again later.'],
};

export function refusal(name: string, facts: Readonly<Record<string, string>> = {}): Error {
  const [responseCode, text] = REFUSALS[name] ?? [451, name];
  const filled = text.replace(/\{(\w+)\}/g, (_, key: string) => facts[key] ?? '');
  return Object.assign(new Error(filled), { responseCode });
}
