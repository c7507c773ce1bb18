import type { SessionPool } from './session-pool';
import type { AccountRow } from '../ports/records';
import type { PrivateFiles } from '../ports/outbox';
import type { AccountStore } from '../ports/stores';
import type { LiveBus } from '../ports/runtime';

export type UnlinkAccount = (account: AccountRow) => Promise<void>;

export interface UnlinkPorts {
  readonly accounts: AccountStore;
  readonly files: PrivateFiles;
  readonly live: LiveBus;
  readonly sessions: Pick<SessionPool, 'drop'>;
  /** Stops the work on the account before its rows go. */
  readonly stopWork: (account: AccountRow) => Promise<void>;
}

/** Removes an account with its tokens and everything that was copied from it. The mailbox at the provider is untouched. */
export function unlinkAccount({ accounts, files, live, sessions, stopWork }: UnlinkPorts): UnlinkAccount {
  return async (account) => {
    await accounts.update(account.id, { state: 'disabled' });
    sessions.drop(account.id);
    await stopWork(account);
    for (const file of await accounts.remove(account.id)) await files.remove(file);
    live.changed(account.userId, { accountId: account.id, topic: 'accounts' });
  };
}
