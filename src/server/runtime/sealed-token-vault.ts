import { MailError } from '../errors/mail-error';
import type { AccountId, UserId } from '../mail/ids';
import type { SecretBox, TokenVault } from '../ports/vault';
import { whileLinked } from './live-account';
import type { Tx } from './table';
import type { Tables } from './tables';

/** The owner is part of it: a row of `emailAccounts` that is given to somebody else, by whatever means, loses its tokens. */
const context = (account: AccountId, owner: UserId): string => `emailTokens:${account}:${owner}:sealed`;
/** Blobs from before the owner was bound; the next refresh seals them anew. */
const oldContext = (account: AccountId): string => `emailTokens:${account}:sealed`;

/** Token caches, sealed and bound to their account: a blob copied to another row does not open. */
export class SealedTokenVault implements TokenVault {
  constructor(
    private readonly tables: Tables,
    private readonly box: SecretBox,
  ) {}

  async save(account: AccountId, tokenCache: string): Promise<void> {
    if (await this.renew(account, tokenCache)) return;
    // Unlinked while its owner consented again: no token may be left behind.
    await whileLinked(this.tables, account, async (tx) => {
      const sealed = this.box.seal(tokenCache, context(account, await this.owner(account, tx)));
      await this.tables.tokens.insert({ accountId: account, sealed }, tx);
    });
  }

  async renew(account: AccountId, tokenCache: string): Promise<boolean> {
    const owner = await this.owner(account).catch(() => null);
    if (owner === null) return false;
    const sealed = this.box.seal(tokenCache, context(account, owner));
    return (await this.tables.tokens.update({ sealed }, { accountId: account })) > 0;
  }

  async load(account: AccountId): Promise<string> {
    const row = await this.tables.tokens.first({ accountId: account });
    if (!row) throw new MailError('EMAIL_RECONNECT_REQUIRED');
    try {
      return this.opened(row.sealed, account, await this.owner(account));
    } catch (cause) {
      // A restored database without its key: the owner can mend it by linking again.
      throw new MailError('EMAIL_RECONNECT_REQUIRED', { cause });
    }
  }

  private opened(sealed: string, account: AccountId, owner: UserId): string {
    try {
      return this.box.open(sealed, context(account, owner));
    } catch {
      return this.box.open(sealed, oldContext(account));
    }
  }

  private async owner(account: AccountId, transaction?: Tx): Promise<UserId> {
    const row = await this.tables.accounts.first({ id: account }, { transaction });
    if (!row) throw new MailError('EMAIL_NOT_FOUND');
    return row.userId;
  }

  async forget(account: AccountId): Promise<void> {
    await this.tables.tokens.remove({ accountId: account });
  }
}
