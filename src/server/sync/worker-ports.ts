import type { Connections } from '../accounts/connections';
import type { Turns } from '../accounts/turns';
import type { MailError } from '../errors/mail-error';
import type { AccountId } from '../mail/ids';
import type { MailParser } from '../ports/mail-parser';
import type { AccountRow } from '../ports/records';
import type { Clock, LiveBus, Log } from '../ports/runtime';
import type { SearchIndexStore } from '../ports/search';
import type { AccountStore, MessageStore, SyncLog } from '../ports/stores';
import type { SyncPorts } from './sync-folder';

/** What the worker of an account works with. */
export interface WorkerPorts {
  readonly accounts: AccountStore;
  readonly store: MessageStore;
  readonly parser: MailParser;
  readonly searchIndex: SearchIndexStore;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly live: LiveBus;
  readonly log: Log;
  readonly syncLog: SyncLog;
  readonly misconfigured: (provider: string, error: MailError) => Promise<void>;
  /** Bodies of many mailboxes at once would fill memory, and keep the leases from being renewed. */
  readonly reading: Pick<Turns, 'turn'>;
  readonly random: () => number;
  /** Sees to it that the owner hears of a failure that lasts; never rejects. */
  readonly tellOwner: (account: AccountId) => Promise<void>;
  /** The server asked for a pause: connections of the account that nobody uses are closed. */
  readonly leaveAlone: (account: AccountId) => void;
  /** A second connection from the account's few, to check an answer that looks wrong. */
  readonly freshSession: (account: AccountRow) => ReturnType<SyncPorts['freshSession']>;
}
