import type { MailProvider } from '../../ports/provider';
import { imapError } from '../imap/errors';
import { ImapSession } from '../imap/session';
import { microsoftConsentError } from './errors';
import { MicrosoftOAuthClient } from './oauth-client';
import { SmtpTransport } from './transport';

/** Outlook and Microsoft 365: Entra for consent, IMAP for mail, SMTP submission for sending. */
export const microsoftProvider: MailProvider = {
  name: 'microsoft',
  // smtp.office365.com files what it sends in Sent Items; an APPEND would make a second copy.
  capabilities: { savesSentCopy: true },
  oauth: (settings) => new MicrosoftOAuthClient(settings),
  openMailbox: (connection) => ImapSession.open(connection),
  openTransport: (connection) => new SmtpTransport(connection),
  toMailError: (error) => imapError(error),
  consentError: microsoftConsentError,
};
