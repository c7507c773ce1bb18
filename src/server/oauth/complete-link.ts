import type { ErrorCode } from '../../shared/error-codes';
import { asMailError, MailError } from '../errors/mail-error';
import { nextAccountState } from '../accounts/account-state';
import type { ConsentedIdentity, MailProvider, ProviderSettings } from '../ports/provider';
import type { AccountRow, OAuthStateRow } from '../ports/records';
import type { AccountStore } from '../ports/stores';
import type { SecretBox, TokenVault } from '../ports/vault';
import { cookieName, sealContext, sha256, type SealedConsent } from './begin-link';
import { stateFault } from './check-state';
import type { OAuthStateStore } from './state-store';

export interface Callback {
  readonly state: string | undefined;
  readonly code: string | undefined;
  readonly error: string | undefined;
  readonly errorDescription: string | undefined;
  readonly cookie: (name: string) => string | undefined;
}

export interface CompleteLinkPorts {
  readonly states: OAuthStateStore;
  readonly accounts: AccountStore;
  readonly vault: TokenVault;
  readonly box: SecretBox;
  readonly provider: (name: string) => MailProvider;
  readonly settings: (provider: string) => Promise<ProviderSettings>;
  /** Remembers that the provider's settings are at fault, for the administrator's page. */
  readonly misconfigured: (provider: string, code: ErrorCode) => Promise<void>;
  readonly now: () => number;
}

/** Width of the column; no address that mail reaches is longer (RFC 5321 §4.5.3.1). */
const LONGEST_ADDRESS = 320;

export interface CompletedLink {
  readonly account: AccountRow;
  /** The mailbox was linked already, although another one was asked for: people pick the wrong account. */
  readonly isAgain: boolean;
  readonly cookieName: string;
}

/** Consumes the state, redeems the code and stores the account with its sealed tokens. Fetches no mail. */
export async function completeLink(callback: Callback, ports: CompleteLinkPorts): Promise<CompletedLink> {
  const row = await consumeState(callback, ports);
  const consent = JSON.parse(ports.box.open(row.sealed, sealContext(row.stateHash))) as SealedConsent;
  const provider = ports.provider(row.provider);
  if (callback.error) throw provider.consentError(callback.error, callback.errorDescription ?? '');
  if (!callback.code) throw new MailError('EMAIL_CONSENT_FAILED', { params: { reason: 'no code' } });

  const identity = await redeem(row, callback.code, consent, ports);
  const { account, isNew } = await connectAccount(row, identity, ports);
  await ports.vault.save(account.id, identity.tokenCache);
  const state = nextAccountState(account.state, 'linked');
  const healthy = {
    errorCode: null,
    errorParams: null,
    attempts: 0,
    notBefore: null,
    failingSince: null,
    notifiedAt: null,
  };
  await ports.accounts.update(account.id, {
    ...(state === 'illegal' ? {} : { state }),
    address: identity.address.slice(0, LONGEST_ADDRESS),
  });
  // A new consent does not shorten a pause that the server asked for.
  await ports.accounts.updateIf(account.id, healthy, { unpausedAt: ports.now() });
  return { account, isAgain: !isNew && row.accountId === null, cookieName: cookieName(row.stateHash) };
}

async function redeem(
  row: OAuthStateRow,
  code: string,
  { nonce, codeVerifier }: SealedConsent,
  ports: CompleteLinkPorts,
): Promise<ConsentedIdentity> {
  try {
    const oauth = ports.provider(row.provider).oauth(await ports.settings(row.provider));
    return await oauth.redeem({ code, redirectUri: row.redirectUri, nonce, codeVerifier });
  } catch (error) {
    const failure = asMailError(error);
    if (failure.kind === 'configuration') await ports.misconfigured(row.provider, failure.code);
    // A code that the service refuses was stale or replayed: the person starts again.
    throw failure.code === 'EMAIL_RECONNECT_REQUIRED'
      ? new MailError('EMAIL_CONSENT_FAILED', { cause: error, params: { reason: 'invalid_grant' } })
      : failure;
  }
}

/** A state is consumed before the code is redeemed: of two requests with the same state one must lose. */
async function consumeState(callback: Callback, { states, now }: CompleteLinkPorts): Promise<OAuthStateRow> {
  if (!callback.state) throw new MailError('EMAIL_STATE_MISSING');
  const stateHash = sha256(callback.state);
  const row = await states.find(stateHash);
  const cookie = callback.cookie(cookieName(stateHash));
  const fault = stateFault(row, cookie === undefined ? null : sha256(cookie), now());
  if (fault || !row) throw new MailError(fault ?? 'EMAIL_STATE_UNKNOWN');
  if (!(await states.use(stateHash, now()))) throw new MailError('EMAIL_STATE_USED');
  return row;
}

/** The same mailbox again reconnects; another one than expected, or one of another user, is refused. */
async function connectAccount(
  row: OAuthStateRow,
  identity: ConsentedIdentity,
  { accounts }: CompleteLinkPorts,
): Promise<{ account: AccountRow; isNew: boolean }> {
  const { subject, displayName } = identity;
  const address = identity.address.slice(0, LONGEST_ADDRESS);
  const known = await accounts.bySubject(row.provider, subject);
  if (row.accountId !== null) {
    const expected = await accounts.own(row.userId, row.accountId);
    if (expected.subject !== subject)
      throw new MailError('EMAIL_OTHER_MAILBOX', { params: { expected: expected.address, address } });
  }
  if (known && known.userId !== row.userId) throw new MailError('EMAIL_MAILBOX_TAKEN', { params: { address } });
  const values = {
    userId: row.userId,
    provider: row.provider,
    subject,
    address,
    displayName: displayName.slice(0, 255),
  };
  return { account: known ?? (await accounts.create(values)), isNew: !known };
}
