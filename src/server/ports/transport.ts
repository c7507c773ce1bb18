import type { ErrorCode } from '../../shared/error-codes';
import type { ErrorParams } from '../errors/mail-error';

/** A mail ready for submission (RFC 6409). `source` is the complete RFC 5322 message without Bcc. */
export interface OutgoingMail {
  readonly from: string;
  readonly recipients: readonly string[];
  readonly source: Buffer;
}

/** What the server made of a submission. A refusal is a value, not an exception. */
export type SendOutcome =
  | { kind: 'sent'; response: string; refusedRecipients: readonly string[] }
  | { kind: 'rejected'; code: ErrorCode; params: ErrorParams }
  | { kind: 'later'; code: ErrorCode; retryAt: Date | null }
  /** The line dropped after DATA: nobody knows. Never retried blindly. */
  | { kind: 'uncertain'; code: ErrorCode };

export interface MailTransport {
  send(mail: OutgoingMail): Promise<SendOutcome>;
}
