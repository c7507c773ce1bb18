import type { ErrorCode } from '../../shared/error-codes';
import type { Address } from '../mail/address';
import type { FlagChange, Flags } from '../mail/flags';
import type { FolderRole } from '../mail/folder-role';
import type { AccountId, FolderId, MessageId, RemoteId, UserId } from '../mail/ids';
import type { AccountRow, FolderRow } from './records';
import type { FolderCursor, RemoteFolder, RemoteState } from './session';

export interface LocalState {
  /** What the server said last. */
  readonly flags: Flags;
  /** What the user changed here and the server has not heard yet. */
  readonly intent: FlagChange | null;
}

export interface LocalFolder {
  readonly epoch: string | null;
  readonly messages: ReadonlyMap<RemoteId, LocalState>;
}

/** What must happen for the local copy to match what was observed. */
export interface FolderPlan {
  readonly reset: boolean;
  readonly list: readonly RemoteState[];
  readonly setFlags: readonly RemoteState[];
  readonly forget: readonly RemoteId[];
  readonly push: readonly { readonly id: RemoteId; readonly change: FlagChange }[];
  readonly commit: { readonly epoch: string; readonly cursor: FolderCursor };
}

export interface ParsedAttachment {
  readonly part: string;
  readonly filename: string;
  readonly contentType: string;
  readonly contentId: string | null;
  readonly isInline: boolean;
  readonly sizeBytes: number;
}

/** A message as we keep it. Never contains attachment content. */
export interface ParsedMessage {
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly subject: string;
  readonly from: Address | null;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  readonly replyTo: readonly Address[];
  /** The Date field, or null when it is missing or absurd. */
  readonly date: Date | null;
  readonly sizeBytes: number;
  readonly snippet: string;
  readonly text: string | null;
  readonly html: string | null;
  readonly attachments: readonly ParsedAttachment[];
  readonly errorCode: ErrorCode | null;
  /** Of the header as it came (messages/header-digest.ts); tells a mail from one that pretends to be it. */
  readonly headerDigest: string;
}

/** A placement whose content is still missing. */
export interface ShallowPlacement {
  readonly placementId: number;
  readonly id: RemoteId;
  readonly receivedAt: number;
  readonly sizeBytes: number;
  readonly attempts: number;
}

/** The local copy of folders and messages of one account. Every method names the folder or account it may touch. */
export interface MessageStore {
  saveFolders(account: AccountRow, remote: readonly RemoteFolder[]): Promise<FolderRow[]>;
  /** Everything we hold of a folder, or only the given ids plus every row with an intent. */
  localFolder(folder: FolderRow, ids: readonly RemoteId[] | 'all'): Promise<LocalFolder>;
  reset(folder: FolderRow): Promise<void>;
  list(folder: FolderRow, states: readonly RemoteState[]): Promise<void>;
  setFlags(folder: FolderRow, states: readonly RemoteState[]): Promise<void>;
  forget(folder: FolderRow, ids: readonly RemoteId[]): Promise<void>;
  settleIntent(folder: FolderRow, id: RemoteId, change: FlagChange): Promise<void>;
  commit(folder: FolderRow, at: FolderPlan['commit'], now: number): Promise<void>;
  /** Placements without content: the least tried first, then the newest. */
  shallow(folder: FolderRow, limit: number): Promise<ShallowPlacement[]>;
  deepen(folder: FolderRow, placement: ShallowPlacement, message: ParsedMessage): Promise<MessageId>;
  countAttempts(placements: readonly number[], by: 1 | -1): Promise<void>;
  /** Lets mails be fetched again that were given up after `attempts` tries; answers how many. */
  forgetAttempts(account: AccountId, attempts: number): Promise<number>;
  recount(folder: FolderRow): Promise<void>;
  /** Removes contents that lie in no folder any more, once a whole pass over the account has succeeded. */
  sweep(account: AccountRow, olderThan: number): Promise<number>;
  /** Flag changes the server has not heard yet. */
  intents(account: AccountId): Promise<{ folder: FolderRow; id: RemoteId; change: FlagChange }[]>;
  folderOfRole(account: AccountId, role: FolderRole): Promise<FolderRow | null>;
  markFolder(folder: FolderId, errorCode: ErrorCode): Promise<void>;
}

export interface AccountChanges {
  readonly state?: AccountRow['state'];
  readonly errorCode?: ErrorCode | null;
  readonly errorParams?: AccountRow['errorParams'];
  readonly attempts?: number;
  readonly notBefore?: number | null;
  readonly syncSince?: number | null;
  readonly lastSyncAt?: number | null;
  readonly progress?: AccountRow['progress'];
  readonly address?: string;
  readonly displayName?: string;
}

export interface AccountStore {
  list(user: UserId): Promise<AccountRow[]>;
  /** @throws MailError `EMAIL_NOT_FOUND` for somebody else's account too: nobody learns that it exists */
  own(user: UserId, id: number): Promise<AccountRow>;
  byId(id: AccountId): Promise<AccountRow | null>;
  bySubject(provider: string, subject: string): Promise<AccountRow | null>;
  create(values: Pick<AccountRow, 'userId' | 'provider' | 'subject' | 'address' | 'displayName'>): Promise<AccountRow>;
  update(id: AccountId, changes: AccountChanges): Promise<void>;
  /** Removes the account with its mails, drafts, tokens and everything else; answers the files to delete. */
  remove(id: AccountId): Promise<string[]>;
  /** Accounts that should be synchronised by some node. */
  working(): Promise<AccountRow[]>;
  /** Users who have an account. */
  owners(): Promise<UserId[]>;
  ofProvider(provider: string): Promise<AccountRow[]>;
}

export interface SyncLog {
  write(entry: {
    accountId: AccountId;
    userId: UserId;
    event: string;
    folderId?: FolderId;
    code?: string;
    counts?: Record<string, number>;
  }): Promise<void>;
}
