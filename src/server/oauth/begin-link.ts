import { createHash, randomBytes } from 'node:crypto';
import type { AccountRow } from '../ports/records';
import type { OAuthClient } from '../ports/provider';
import type { SecretBox } from '../ports/vault';
import type { UserId } from '../mail/ids';
import type { OAuthStateStore } from './state-store';

/** A consent must be finished within ten minutes. */
export const STATE_TTL_MS = 10 * 60_000;

export interface BeginLinkRequest {
  readonly userId: UserId;
  readonly provider: string;
  readonly redirectUri: string;
  /** The account to reconnect; null links a new one. */
  readonly account: AccountRow | null;
}

export interface BeginLinkPorts {
  readonly states: OAuthStateStore;
  readonly oauth: OAuthClient;
  readonly box: SecretBox;
  readonly now: number;
}

export interface BegunLink {
  readonly url: string;
  /** Cookie that ties the consent to this browser: without it, an attacker's callback link would link his mailbox to you. */
  readonly cookie: { readonly name: string; readonly value: string };
}

/** What the state row keeps sealed. */
export interface SealedConsent {
  readonly nonce: string;
  readonly codeVerifier: string;
}

const random = (): string => randomBytes(32).toString('base64url');

export function sha256(value: string): string {
  return createHash('sha256').update(value, 'utf8').digest('hex');
}

/** One cookie per consent, so that two tabs do not overwrite each other's. */
export function cookieName(stateHash: string): string {
  return `email_consent_${stateHash.slice(0, 12)}`;
}

/** Starts an authorization code grant with PKCE S256 (RFC 7636), nonce and single-use state; answers where to send the browser. */
export async function beginLink(
  request: BeginLinkRequest,
  { states, oauth, box, now }: BeginLinkPorts,
): Promise<BegunLink> {
  const state = random();
  const stateHash = sha256(state);
  const cookie = random();
  const consent: SealedConsent = { nonce: random(), codeVerifier: random() };
  await states.create({
    stateHash,
    userId: request.userId,
    provider: request.provider,
    redirectUri: request.redirectUri,
    sealed: box.seal(JSON.stringify(consent), sealContext(stateHash)),
    cookieHash: sha256(cookie),
    accountId: request.account?.id ?? null,
    expiresAt: now + STATE_TTL_MS,
    usedAt: null,
  });
  const url = await oauth.authorizeUrl({
    redirectUri: request.redirectUri,
    state,
    nonce: consent.nonce,
    codeChallenge: createHash('sha256').update(consent.codeVerifier).digest('base64url'),
    loginHint: request.account?.address ?? null,
  });
  return { url, cookie: { name: cookieName(stateHash), value: cookie } };
}

export function sealContext(stateHash: string): string {
  return `emailOauthStates:${stateHash}:sealed`;
}
