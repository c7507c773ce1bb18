import type { Database } from '@nocobase/database';
import type { AccountId, MessageId, UserId } from '../mail/ids';
import type {
  AccountRow,
  AttachmentRow,
  DraftRow,
  FolderRow,
  LeaseRow,
  MessageRow,
  OAuthStateRow,
  OutboxRow,
  PlacementRow,
  ProviderRow,
  SyncLogRow,
  UploadRow,
} from '../ports/records';
import { Table } from './table';

/** All mail tables of one application. Built once in the composition root. */
export function openTables(db: Database) {
  return {
    providers: new Table<ProviderRow>(db, 'emailProviders'),
    accounts: new Table<AccountRow>(db, 'emailAccounts'),
    tokens: new Table<{ accountId: number; sealed: string }>(db, 'emailTokens'),
    oauthStates: new Table<OAuthStateRow>(db, 'emailOauthStates'),
    folders: new Table<FolderRow>(db, 'emailFolders'),
    messages: new Table<MessageRow>(db, 'emailMessages'),
    placements: new Table<PlacementRow>(db, 'emailPlacements'),
    threads: new Table<ThreadRow>(db, 'emailThreads'),
    threadKeys: new Table<ThreadKeyRow>(db, 'emailThreadKeys'),
    attachments: new Table<AttachmentRow>(db, 'emailAttachments'),
    drafts: new Table<DraftRow>(db, 'emailDrafts'),
    uploads: new Table<UploadRow>(db, 'emailUploads'),
    outbox: new Table<OutboxRow>(db, 'emailOutbox'),
    leases: new Table<LeaseRow>(db, 'emailLeases'),
    nodes: new Table<{ name: string; until: number }>(db, 'emailNodes'),
    syncLog: new Table<SyncLogRow>(db, 'emailSyncLog'),
    searchEntries: new Table<SearchEntryRow>(db, 'emailSearchEntries'),
  };
}

export type Tables = ReturnType<typeof openTables>;

export interface ThreadRow {
  readonly id: number;
  readonly accountId: number;
  readonly userId: number;
  /** Null in rows from before it was kept. */
  readonly rootKey: string | null;
  /** How often another conversation was joined to it; null in rows from before that was counted. */
  readonly joinCount: number | null;
}

export interface ThreadKeyRow {
  readonly id: number;
  readonly accountId: number;
  readonly idKey: string;
  readonly threadId: number;
  /** Null in rows from before there were editions of the rules. */
  readonly version: number | null;
}

/** The words are not among them: they are reached through runtime/search/ alone. */
export interface SearchEntryRow {
  readonly id: MessageId;
  readonly accountId: AccountId;
  readonly userId: UserId;
  readonly sentAt: number;
}
