/** What a code means for the next step; `errors/decide.ts` is the only place that acts on it. */
export type ErrorKind =
  | 'auth-required' // the owner must reconnect the account
  | 'configuration' // the administrator must mend the provider settings
  | 'permission' // a right is missing at the provider
  | 'transient' // try again later
  | 'gone' // the thing vanished meanwhile
  | 'limit' // size, quota, sending cap
  | 'invalid' // the request makes no sense
  | 'not-found'
  | 'conflict'
  | 'unexpected';

/**
 * Every error a person can meet. The code is the i18n key of its message, which names the remedy.
 * Listed once; the three locale files are tested against this table.
 */
export const ERRORS = {
  EMAIL_PROVIDER_NOT_CONFIGURED: 'configuration',
  EMAIL_CLIENT_SECRET_WRONG: 'configuration',
  EMAIL_CLIENT_SECRET_EXPIRED: 'configuration',
  EMAIL_CLIENT_ID_UNKNOWN: 'configuration',
  EMAIL_TENANT_UNKNOWN: 'configuration',
  EMAIL_REDIRECT_URI_MISMATCH: 'configuration',
  EMAIL_ENV_VARIABLE_MISSING: 'configuration',
  EMAIL_SECRET_KEY_CHANGED: 'configuration',
  EMAIL_SETTING_CLIENT_ID: 'invalid',
  EMAIL_SETTING_CLIENT_SECRET: 'invalid',
  EMAIL_SETTING_SECRET_AGAIN: 'invalid',
  EMAIL_SETTING_SIGN_IN_HOST: 'configuration',
  EMAIL_SETTING_MAIL_HOST: 'configuration',
  EMAIL_SETTING_TENANT: 'invalid',
  EMAIL_SETTING_URL: 'invalid',
  EMAIL_SETTING_HOST: 'invalid',
  EMAIL_SETTING_PORT: 'invalid',
  EMAIL_SETTING_POLL: 'invalid',
  EMAIL_AUTHORITY_UNREACHABLE: 'transient',
  EMAIL_CONSENT_DECLINED: 'permission',
  EMAIL_CONSENT_NEEDS_ADMIN: 'permission',
  EMAIL_CONSENT_FAILED: 'permission',
  EMAIL_SCOPE_MISSING: 'permission',
  EMAIL_STATE_MISSING: 'invalid',
  EMAIL_STATE_UNKNOWN: 'invalid',
  EMAIL_STATE_EXPIRED: 'invalid',
  EMAIL_STATE_USED: 'invalid',
  EMAIL_STATE_OTHER_BROWSER: 'invalid',
  EMAIL_OTHER_MAILBOX: 'conflict',
  EMAIL_MAILBOX_TAKEN: 'conflict',
  EMAIL_RECONNECT_REQUIRED: 'auth-required',
  EMAIL_LOGIN_REFUSED: 'auth-required',
  EMAIL_IMAP_DISABLED: 'permission',
  EMAIL_SERVER_UNREACHABLE: 'transient',
  /** NocoBase itself, for its browser; what was asked for may have been done, or was only to be read. */
  EMAIL_NO_ANSWER: 'transient',
  EMAIL_NO_ANSWER_TO_READ: 'transient',
  EMAIL_CONNECTION_LOST: 'transient',
  EMAIL_TOKEN_EXPIRED: 'transient',
  EMAIL_THROTTLED: 'transient',
  EMAIL_FOLDER_CHANGED: 'gone',
  EMAIL_FOLDER_BUSY: 'conflict',
  EMAIL_MOVE_REFUSED: 'conflict',
  EMAIL_CHANGE_REFUSED: 'conflict',
  EMAIL_LEASE_LOST: 'conflict',
  EMAIL_NO_SUCH_ROLE: 'not-found',
  EMAIL_SEARCH_EMPTY: 'invalid',
  EMAIL_SEARCH_SIGNS: 'invalid',
  EMAIL_SEARCH_TERM: 'invalid',
  EMAIL_SEARCH_UNFINISHED: 'invalid',
  EMAIL_SEARCH_FOLDER: 'invalid',
  EMAIL_SEARCH_UNAVAILABLE: 'unexpected',
  EMAIL_CONVERSATION_GREW: 'conflict',
  EMAIL_MESSAGE_GONE: 'gone',
  EMAIL_MESSAGE_UNREADABLE: 'unexpected',
  EMAIL_SMTP_AUTH_DISABLED: 'permission',
  EMAIL_SEND_AS_DENIED: 'permission',
  EMAIL_MESSAGE_TOO_LARGE: 'limit',
  EMAIL_RECIPIENT_REFUSED: 'limit',
  EMAIL_SENT_TO_SOME: 'limit',
  EMAIL_TOO_MANY_RECIPIENTS: 'limit',
  EMAIL_SENDING_LIMIT: 'limit',
  EMAIL_SEND_LATER: 'transient',
  EMAIL_SEND_REFUSED: 'limit',
  EMAIL_DELIVERY_UNCERTAIN: 'conflict',
  EMAIL_DELIVERY_UNKNOWN: 'conflict',
  EMAIL_RECIPIENT_INVALID: 'invalid',
  EMAIL_RECIPIENT_MISSING: 'invalid',
  EMAIL_HEADER_INVALID: 'invalid',
  EMAIL_ATTACHMENTS_TOO_LARGE: 'limit',
  EMAIL_ATTACHMENT_MISSING: 'not-found',
  EMAIL_DRAFT_CONFLICT: 'conflict',
  EMAIL_DRAFT_SENT: 'conflict',
  EMAIL_TOO_MANY_DRAFTS: 'limit',
  EMAIL_SEND_TOO_LATE: 'conflict',
  EMAIL_ACCOUNT_NOT_READY: 'conflict',
  EMAIL_NOT_FOUND: 'not-found',
  EMAIL_INVALID_INPUT: 'invalid',
  EMAIL_UNEXPECTED: 'unexpected',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;
