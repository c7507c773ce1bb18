import { ERRORS, type ErrorCode, type ErrorKind } from '../../shared/error-codes';

export type ErrorParams = Readonly<Record<string, string | number>>;

export interface MailErrorOptions {
  /** Values for the placeholders of the translated message; never secrets, tokens or mail content. */
  params?: ErrorParams;
  cause?: unknown;
  /** Earliest moment at which another try makes sense, when the server named one. */
  retryAt?: Date;
}

/** The one error of this plugin. `code` is stable and is the i18n key of the message people read. */
export class MailError extends Error {
  readonly params: ErrorParams;
  readonly retryAt: Date | undefined;

  constructor(
    readonly code: ErrorCode,
    options: MailErrorOptions = {},
  ) {
    super(code, { cause: options.cause });
    this.name = 'MailError';
    this.params = options.params ?? {};
    this.retryAt = options.retryAt;
  }

  get kind(): ErrorKind {
    return ERRORS[this.code];
  }
}

/** Anything thrown, as a MailError; what nobody classified is `EMAIL_UNEXPECTED` with its cause kept for the log. */
export function asMailError(error: unknown): MailError {
  return error instanceof MailError ? error : new MailError('EMAIL_UNEXPECTED', { cause: error });
}

/** Closes a `switch` over a union: a new member fails to compile here. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected value ${JSON.stringify(value)}`);
}
