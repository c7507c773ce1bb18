import type { AccountId } from '../mail/ids';

/** Authenticated encryption of short texts. `context` binds a ciphertext to its table, row and field. */
export interface SecretBox {
  seal(plain: string, context: string): string;
  /** @throws MailError `EMAIL_SECRET_KEY_CHANGED` when the key or the context is another one */
  open(sealed: string, context: string): string;
}

/** Token caches of accounts, sealed. */
export interface TokenVault {
  save(account: AccountId, tokenCache: string): Promise<void>;
  /** Only where there is something already: a refresh that ends after the account was unlinked leaves no token behind. */
  renew(account: AccountId, tokenCache: string): Promise<boolean>;
  load(account: AccountId): Promise<string>;
  forget(account: AccountId): Promise<void>;
}
