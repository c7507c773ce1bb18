import { MailError } from '../errors/mail-error';
import type { Connection, MailProvider, ProviderSettings } from '../ports/provider';
import type { AccountRow } from '../ports/records';
import type { TokenVault } from '../ports/vault';
import type { AccountId } from '../mail/ids';
import type { MailboxSession } from '../ports/session';
import type { ConnectGate } from './connect-gate';

export interface ConnectionPorts {
  readonly provider: (name: string) => MailProvider;
  /** @throws MailError when the provider is not set up */
  readonly settings: (provider: string) => Promise<ProviderSettings>;
  readonly vault: TokenVault;
  readonly gate: Pick<ConnectGate, 'pass'>;
}

/** Hands out connections of accounts; one token refresh at a time per account, so that rotations do not race. */
export class Connections {
  private readonly refreshing = new Map<AccountId, Promise<string>>();

  constructor(private readonly ports: ConnectionPorts) {}

  async of(account: AccountRow): Promise<{ connection: Connection; provider: MailProvider }> {
    const provider = this.ports.provider(account.provider);
    const settings = await this.ports.settings(account.provider);
    const accessToken = (options?: { fresh?: boolean }): Promise<string> =>
      this.token(account, provider, options?.fresh ?? false);
    return { provider, connection: { address: account.address, settings, accessToken } };
  }

  /** Opens a mailbox when it is its turn at that host. @throws MailError also when it is called off before that */
  async open(account: AccountRow, signal?: AbortSignal): Promise<MailboxSession> {
    const { connection, provider } = await this.of(account);
    await this.ports.gate.pass(connection.settings.imapHost, signal);
    // All that wait are called off together: they must not log in at the same moment.
    if (signal?.aborted) throw new MailError('EMAIL_CONNECTION_LOST');
    return provider.openMailbox(connection);
  }

  private token(account: AccountRow, provider: MailProvider, fresh: boolean): Promise<string> {
    const running = this.refreshing.get(account.id);
    if (running && !fresh) return running;
    const work = (running ?? Promise.resolve(''))
      .catch(() => '')
      .then(() => this.loadToken(account, provider, fresh))
      .finally(() => {
        if (this.refreshing.get(account.id) === work) this.refreshing.delete(account.id);
      });
    this.refreshing.set(account.id, work);
    return work;
  }

  private async loadToken(account: AccountRow, provider: MailProvider, fresh: boolean): Promise<string> {
    const { settings, vault } = this.ports;
    const oauth = provider.oauth(await settings(account.provider));
    const { token, saved } = await oauth.accessToken(await vault.load(account.id), fresh);
    if (!token) throw new MailError('EMAIL_RECONNECT_REQUIRED');
    if (saved) await vault.renew(account.id, saved);
    return token;
  }
}
