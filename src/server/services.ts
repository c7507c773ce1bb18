import type { Connections } from './accounts/connections';
import type { UnlinkAccount } from './accounts/unlink';
import type { SessionPool } from './accounts/session-pool';
import type { OAuthStateStore } from './oauth/state-store';
import type { DraftStore, OutboxStore, PrivateFiles, SourceMessages } from './ports/outbox';
import type { People } from './ports/host';
import type { MailProvider } from './ports/provider';
import type { Clock, LiveBus, Log, Wakeups } from './ports/runtime';
import type { AccountStore, MessageStore } from './ports/stores';
import type { SecretBox, TokenVault } from './ports/vault';
import type { DatabaseHealthStore } from './runtime/database-health-store';
import type { DatabaseMailChanges } from './runtime/database-mail-changes';
import type { DatabaseMailboxStore } from './runtime/database-mailbox-store';
import type { DatabaseSearch } from './runtime/database-search';
import type { DatabaseProviderStore } from './runtime/database-provider-store';
import type { DatabaseSyncLog } from './runtime/database-sync-log';

/** What the face (actions) works with; wired in `wiring.ts`. */
export interface Services {
  readonly accounts: AccountStore;
  readonly mailbox: DatabaseMailboxStore;
  readonly search: DatabaseSearch;
  readonly mailChanges: DatabaseMailChanges;
  readonly store: MessageStore;
  readonly messages: SourceMessages;
  readonly drafts: DraftStore;
  readonly outbox: OutboxStore;
  readonly health: DatabaseHealthStore;
  readonly syncLog: DatabaseSyncLog;
  readonly people: People;
  readonly files: PrivateFiles;
  readonly states: OAuthStateStore;
  readonly vault: TokenVault;
  readonly box: SecretBox;
  readonly providers: DatabaseProviderStore;
  readonly provider: (name: string) => MailProvider;
  readonly providerNames: () => string[];
  readonly connections: Connections;
  readonly sessions: SessionPool;
  readonly unlink: UnlinkAccount;
  readonly wakeups: Wakeups;
  readonly live: LiveBus;
  readonly clock: Clock;
  readonly log: Log;
}
