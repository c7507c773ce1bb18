import type { MailError } from '../errors/mail-error';
import type { MailboxSession } from './session';
import type { MailTransport } from './transport';

/** Settings ready for use: defaults filled in, `{{$env.X}}` rendered. */
export interface ProviderSettings {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tenant: string;
  readonly authorityHost: string;
  readonly graphHost: string;
  readonly imapHost: string;
  readonly imapPort: number;
  readonly smtpHost: string;
  readonly smtpPort: number;
  readonly outlookResource: string;
  readonly pollMinutes: number;
}

/** What a session or a transport needs to know of an account. */
export interface Connection {
  readonly address: string;
  readonly settings: ProviderSettings;
  /** A token good for at least five minutes. `fresh` asks for a new one because the server refused the last. */
  accessToken(options?: { fresh?: boolean }): Promise<string>;
}

export interface ProviderCapabilities {
  /** The server files a sent copy by itself, so an APPEND would make two. */
  readonly savesSentCopy: boolean;
}

export interface BeginConsent {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeChallenge: string;
  readonly loginHint: string | null;
}

export interface RedeemCode {
  readonly code: string;
  readonly redirectUri: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Who consented: `subject` never changes and is never reused, unlike the address. */
export interface ConsentedIdentity {
  readonly subject: string;
  readonly address: string;
  readonly displayName: string;
  /** Serialized token cache; the refresh token lives only in it. */
  readonly tokenCache: string;
}

/** OAuth 2.0 authorization code grant with PKCE (RFC 6749 §4.1, RFC 7636) at one vendor. */
export interface OAuthClient {
  authorizeUrl(request: BeginConsent): Promise<string>;
  redeem(request: RedeemCode): Promise<ConsentedIdentity>;
  /** Access token from a cache blob, refreshed when needed; `saved` is the new blob if it changed. */
  accessToken(tokenCache: string, fresh: boolean): Promise<{ token: string; saved: string | null }>;
  /** Asks discovery and the secret; throws a MailError that says in words what is wrong. */
  test(): Promise<void>;
}

/** Everything a vendor must be able to do. */
export interface MailProvider {
  readonly name: string;
  readonly capabilities: ProviderCapabilities;
  oauth(settings: ProviderSettings): OAuthClient;
  openMailbox(connection: Connection): Promise<MailboxSession>;
  openTransport(connection: Connection): MailTransport;
  /** The only place where a vendor's errors are understood. */
  toMailError(error: unknown): MailError;
  /** Error of a consent redirect (`error`, `error_description` of RFC 6749 §4.1.2.1). */
  consentError(error: string, description: string): MailError;
}

/** Whether two settings lead to the same mail server, to be read in the same rhythm. Pure. */
export function leadToSame(one: ProviderSettings, other: ProviderSettings): boolean {
  const fields = ['imapHost', 'imapPort', 'authorityHost', 'tenant', 'clientId', 'pollMinutes'] as const;
  return fields.every((field) => one[field] === other[field]);
}
