import type { ErrorCode } from '../../shared/error-codes';
import type { Address } from '../mail/address';
import type { FlagChange, Flags } from '../mail/flags';
import type { FolderRole } from '../mail/folder-role';
import type { AccountId, FolderId, MessageId, RemoteId, UserId } from '../mail/ids';
import type { AccountRow, FolderRow } from './records';
import type { Standing } from '../mail/standing';
import type { FolderCursor, FolderSlice, RemoteFolder, RemoteState } from './session';

export interface LocalState {
  /** What the server said last. */
  readonly flags: Flags;
  readonly receivedAt: number;
  readonly sizeBytes: number;
}

/** What must happen for the local copy to match a slice of what was observed. */
export interface SlicePlan {
  readonly list: readonly RemoteState[];
  readonly setFlags: readonly RemoteState[];
  readonly forget: readonly RemoteId[];
}

/** What is to be remembered of a look, in the same transaction as what it taught. */
export interface FolderMark {
  /** Null: keep the one there is, this slice is not the last of its kind. */
  readonly cursor: FolderCursor | null;
  /** When it was looked at, ms. */
  readonly at: number;
  /** Every message has been compared: when that was, and from when on mail was listed (ms; null: all). */
  readonly through: { readonly at: number; readonly since: number | null } | null;
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
  /** The conversation by Exchange's Thread-Index (threads/thread-index.ts), or null. */
  readonly threadIndex: string | null;
  /** The conversation by the server's own word (X-GM-THRID), or null. */
  readonly remoteThreadId: string | null;
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
  /** Words for the full-text index, separated by spaces; null where they are taken from the rows later. */
  readonly words: string | null;
}

/** What a look at a folder leaves behind. */
export interface LookOutcome {
  readonly folder: FolderRow;
  readonly unreadGap: number | null;
  readonly objectId: string | null;
}

/** A placement whose content is still missing, in whole or in part. */
export interface ShallowPlacement {
  readonly placementId: number;
  readonly id: RemoteId;
  readonly emailId: string | null;
  readonly receivedAt: number;
  readonly sizeBytes: number;
  readonly attempts: number;
  /** Null while not even the header is known. */
  readonly messageId: MessageId | null;
}

/** A message that was read for a placement. */
export interface ReadContent {
  readonly placement: ShallowPlacement;
  readonly message: ParsedMessage;
  /** Could not be fetched in many tries; a later wish of the user tries again. */
  readonly isGivenUp: boolean;
}

/** How much of a message is read: what a line of the list shows, or all of it. */
export type Depth = 'head' | 'full';

/** A change made here that the server has not heard yet. */
export interface Operation {
  readonly placementId: number;
  readonly folder: FolderRow;
  readonly id: RemoteId;
  readonly change: FlagChange | null;
  readonly move: OperationMove | null;
  /** What it was when it was listed. */
  readonly standing: Standing;
  /** A move that was begun and of which nothing was heard: it may lie there already. */
  readonly begun: FolderRow | null;
}

export type OperationMove =
  | { readonly kind: 'erase' }
  /** It shall stay where it is, although a move was begun. */
  | { readonly kind: 'stay' }
  /** `target` is null when there is no such folder any more. */
  | { readonly kind: 'move'; readonly targetId: FolderId; readonly target: FolderRow | null };

/**
 * The local copy of folders and messages of one account. Every method names the folder or account it may touch; each is one
 * transaction, and refuses to write when the account is unlinked or its lease is another node's.
 * @throws MailError `EMAIL_NOT_FOUND`, `EMAIL_LEASE_LOST`
 */
export interface MessageStore {
  /** Folders that were there at the last look. */
  folders(account: AccountId): Promise<FolderRow[]>;
  /** Folders as they are now. Those that are gone are kept out of sight until `dropGone`: they may turn up under another name.
   * @param known what `folders` has answered, by which is seen that nothing has to be written */
  saveFolders(account: AccountRow, remote: readonly RemoteFolder[], known: readonly FolderRow[]): Promise<FolderRow[]>;
  /** Whether `dropGone` or `recount` would find anything: nearly always there is nothing. */
  hasLooseEnds(account: AccountId): Promise<boolean>;
  /** Removes folders that are gone, but none that was listed before this pass: one list that lacks a folder proves little; and none of whose
   * mails something is wished while folders that came since are still to be read: it may be one of them under another name. */
  dropGone(account: AccountRow, seenBefore: ReadonlySet<FolderId>, now: number): Promise<void>;
  /** The folder that had this MAILBOXID under another path takes over the new one's place; null when there is none. */
  adopt(folder: FolderRow, objectId: string): Promise<FolderRow | null>;
  /** Begins a folder's UIDs anew. Rows of another epoch stay in sight until the new ones are read; a reborn folder has none worth keeping. */
  begin(folder: FolderRow, epoch: string, objectId: string | null, isReborn: boolean): Promise<FolderRow>;
  /** Rows of an epoch that has passed, of folders of which everything of the new one is read; and rows that have waited in vain for
   * their message to be listed. */
  dropPast(folders: readonly FolderRow[], now: number): Promise<void>;
  /** What we know of the messages in a slice and where it is complete. */
  known(folder: FolderRow, slice: FolderSlice): Promise<ReadonlyMap<RemoteId, LocalState>>;
  /** Messages that we know in a folder and that its cursor's count does not have: moved in by us, or come while it was looked at. */
  uncounted(folder: FolderRow): Promise<number>;
  /** The highest UID that is known in the folder. */
  highestUid(folder: FolderRow): Promise<number | null>;
  /** Applies a plan and its mark: forget → list → flags → mark. A new cursor begins a new count of what departed. */
  apply(folder: FolderRow, plan: SlicePlan, mark: FolderMark): Promise<void>;
  /** What is remembered of looks at folders of one account. */
  finishLooks(account: AccountId, looks: readonly LookOutcome[], now: number): Promise<void>;
  /** That a pass went through (`lastPassAt`), with folders that it found without news but not as their rows say. */
  finishPass(account: AccountId, quiet: readonly LookOutcome[], now: number): Promise<void>;
  /** Counts what lies in folders whose counts are out of date; answers whether any was. */
  recount(account: AccountId): Promise<boolean>;
  /** Folders with changes made here that the server has not heard of. */
  wishes(account: AccountId): Promise<ReadonlySet<FolderId>>;
  /** Whether any mail of the account may still lack this much. */
  lacks(account: AccountId, depth: Depth): Promise<boolean>;
  /** Placements without a header, or with a header only: the least tried first, then the newest. */
  shallow(folder: FolderRow, lacking: Depth, limit: number): Promise<ShallowPlacement[]>;
  /** Stores what was read, once per account, with its words: a copy in another folder, or after a move, gets what is there.
   * @returns whether all of it is indexed, too
   * @throws MailError `EMAIL_MESSAGE_UNREADABLE` when the database refuses what is in one of them */
  store(folder: FolderRow, read: readonly ReadContent[], depth: Depth): Promise<boolean>;
  countAttempts(account: AccountId, placements: readonly number[], by: 1 | -1): Promise<void>;
  /** Lets mails be fetched again that were given up after `attempts` tries; answers how many. */
  forgetAttempts(account: AccountId, attempts: number): Promise<number>;
  /** Messages after `after` that earlier rules have put into their conversations, by rising id. */
  threadedEarlier(account: AccountId, after: MessageId, limit: number): Promise<MessageId[]>;
  /** Threads these again, with their whole conversations: as many as make a transaction of moderate size, the first in any case. */
  rethread(account: AccountId, messages: readonly MessageId[]): Promise<void>;
  /** Removes contents that have lain in no folder for `restMs`, once a whole pass over the account has succeeded. */
  sweep(account: AccountRow, rest: { readonly now: number; readonly restMs: number }): Promise<number>;
  /** Changes of at most `limit` placements after `after`; `last` is null when there are no more. */
  operations(
    account: AccountId,
    limit: number,
    after: number,
  ): Promise<{ readonly operations: readonly Operation[]; readonly last: number | null }>;
  /** Writes down that the server is about to be told to move these: if nothing is heard of it, both folders have to be asked.
   * @returns those that shall be moved there still */
  beginMove(target: FolderRow, placements: readonly number[]): Promise<readonly number[]>;
  /** They were not moved: they lie where they lay. */
  endMove(account: AccountId, placements: readonly number[]): Promise<void>;
  /** They were never moved, and shall not be any more. */
  settleStay(account: AccountId, placements: readonly number[]): Promise<void>;
  /** Some UIDs of a folder name other messages than they did: the next look compares all of it. */
  distrust(folder: FolderRow): Promise<void>;
  settleFlags(folder: FolderRow, placements: readonly number[], change: FlagChange): Promise<void>;
  /** The messages are in `target` now, under new ids where the server named them. Without, they are forgotten here and found there.
   * Where they were they count as departed, if the cursor there counted them. */
  settleMove(
    target: FolderRow,
    moved: readonly { readonly placementId: number; readonly to: RemoteId | null }[],
  ): Promise<void>;
  /** Erased, or gone already: departed. */
  settleErase(account: AccountId, placements: readonly number[]): Promise<void>;
  /** The server refused: the messages are shown where they are, unless something else is wanted meanwhile. `to` null: an erasure. */
  undoMove(account: AccountId, placements: readonly number[], to: FolderId | null): Promise<void>;
  /** The server refused: the flags are shown as it has them, unless something else is wanted meanwhile. */
  undoFlags(account: AccountId, placements: readonly number[], change: FlagChange): Promise<void>;
  folderOfRole(account: AccountId, role: FolderRole): Promise<FolderRow | null>;
  folderById(account: AccountId, id: FolderId): Promise<FolderRow | null>;
  /** @param restsUntil when it is looked at again; null: with the next pass */
  markFolder(folder: FolderRow, errorCode: ErrorCode, at: number, restsUntil?: number | null): Promise<void>;
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
  readonly failingSince?: number | null;
  readonly notifiedAt?: null;
  readonly address?: string;
  readonly displayName?: string;
}

/** What must hold of an account at the moment in which it is changed. */
export interface AccountCondition {
  readonly state?: AccountRow['state'];
  /** No pause that its server asked for lasts at this time, ms. */
  readonly unpausedAt?: number;
}

export interface AccountStore {
  list(user: UserId): Promise<AccountRow[]>;
  /** @throws MailError `EMAIL_NOT_FOUND` for somebody else's account too: nobody learns that it exists */
  own(user: UserId, id: number): Promise<AccountRow>;
  byId(id: AccountId): Promise<AccountRow | null>;
  bySubject(provider: string, subject: string): Promise<AccountRow | null>;
  create(values: Pick<AccountRow, 'userId' | 'provider' | 'subject' | 'address' | 'displayName'>): Promise<AccountRow>;
  /** @throws MailError `EMAIL_NOT_FOUND`, `EMAIL_LEASE_LOST` from a worker's store, which writes under its lease only */
  update(id: AccountId, changes: AccountChanges): Promise<void>;
  /** The same where a condition holds, in one statement; answers whether it did. @throws as `update` */
  updateIf(id: AccountId, changes: AccountChanges, condition: AccountCondition): Promise<boolean>;
  /** Removes the account with its mails, drafts, tokens and everything else; answers the files to delete. */
  remove(id: AccountId): Promise<string[]>;
  /** Accounts that should be synchronised by some node. */
  working(): Promise<AccountRow[]>;
  /** Users who have an account. */
  owners(): Promise<UserId[]>;
  ofProvider(provider: string): Promise<AccountRow[]>;
  /** Lets accounts of a provider that need their owner be tried once more (the event `settings`); no others, whatever happens to them meanwhile. */
  retryRefused(provider: string): Promise<void>;
  /** Writes down a pause until then (ms) that the server asked for, unless a longer one is known; false where there is nothing to pause. */
  pause(id: AccountId, until: number): Promise<boolean>;
  /** Accounts that fail and whose owner was not told. */
  untold(): Promise<AccountRow[]>;
  /** Takes it on to tell the owner, unless somebody did or the state is another one now; answers whether it is ours to do. */
  claimNotice(account: Pick<AccountRow, 'id' | 'state'>, now: number): Promise<boolean>;
  /** Gives that back, when telling failed. */
  releaseNotice(id: AccountId, claimedAt: number): Promise<void>;
  /** The inbox of an account, if it cannot be read and its owner was not told. */
  untoldInbox(id: AccountId): Promise<FolderRow | null>;
  /** As `claimNotice`, of an inbox; not when it could be read meanwhile. */
  claimInboxNotice(inbox: Pick<FolderRow, 'id' | 'errorCode'>, now: number): Promise<boolean>;
  /** As `releaseNotice`. */
  releaseInboxNotice(id: FolderId, claimedAt: number): Promise<void>;
}

export interface SyncLog {
  /** @throws MailError `EMAIL_LEASE_LOST` from a worker's log */
  write(entry: {
    accountId: AccountId;
    userId: UserId;
    event: string;
    folderId?: FolderId;
    code?: string;
    counts?: Record<string, number>;
  }): Promise<void>;
}
