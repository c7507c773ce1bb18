import { MailError } from '../errors/mail-error';
import type { AccountId } from '../mail/ids';
import type { SecretBox, TokenVault } from '../ports/vault';
import type { Tables } from './tables';

const context = (account: AccountId): string => `emailTokens:${account}:sealed`;

/** Token caches, sealed and bound to their account: a blob copied to another row does not open. */
export class SealedTokenVault implements TokenVault {
  constructor(
    private readonly tables: Tables,
    private readonly box: SecretBox,
  ) {}

  async save(account: AccountId, tokenCache: string): Promise<void> {
    if (await this.renew(account, tokenCache)) return;
    await this.tables.tokens.insertNew({ accountId: account, sealed: this.box.seal(tokenCache, context(account)) });
  }

  async renew(account: AccountId, tokenCache: string): Promise<boolean> {
    const sealed = this.box.seal(tokenCache, context(account));
    return (await this.tables.tokens.update({ sealed }, { accountId: account })) > 0;
  }

  async load(account: AccountId): Promise<string> {
    const row = await this.tables.tokens.first({ accountId: account });
    if (!row) throw new MailError('EMAIL_RECONNECT_REQUIRED');
    try {
      return this.box.open(row.sealed, context(account));
    } catch (cause) {
      // A restored database without its key: the owner can mend it by linking again.
      throw new MailError('EMAIL_RECONNECT_REQUIRED', { cause });
    }
  }

  async forget(account: AccountId): Promise<void> {
    await this.tables.tokens.remove({ accountId: account });
  }
}
