import type { ErrorCode } from '../../shared/error-codes';
import type { ErrorParams } from '../errors/mail-error';
import type { Address } from '../mail/address';
import type { FlagChange } from '../mail/flags';
import type { AccountId, FolderId, MessageId, ThreadId, UserId } from '../mail/ids';

/** Rows as the stores hand them out. Times are milliseconds since 1970 (UTC), sizes are bytes. */

export type AccountState = 'linking' | 'active' | 'backing-off' | 'needs-reconnect' | 'disabled';

export interface AccountRow {
  readonly id: AccountId;
  readonly userId: UserId;
  readonly provider: string;
  readonly subject: string;
  readonly address: string;
  readonly displayName: string;
  readonly state: AccountState;
  readonly errorCode: ErrorCode | null;
  readonly errorParams: ErrorParams | null;
  readonly attempts: number;
  readonly notBefore: number | null;
  readonly syncSince: number | null;
  readonly lastSyncAt: number | null;
  readonly progress: { readonly listed: number; readonly read: number } | null;
  /** Version of the rules by which its messages are indexed. */
  readonly searchVersion: number | null;
  /** When every folder was looked at the last time without a failure of the account. */
  readonly lastPassAt: number | null;
  /** Since when no pass went through; null while they do. */
  readonly failingSince: number | null;
  /** When the owner was told of it; null when there is nothing to tell, or nobody did yet. */
  readonly notifiedAt: number | null;
}

export interface FolderRow {
  readonly id: FolderId;
  readonly accountId: AccountId;
  readonly userId: UserId;
  readonly path: string;
  readonly pathKey: string;
  readonly name: string;
  readonly delimiter: string;
  readonly role: string | null;
  readonly isSelectable: boolean;
  readonly epoch: string | null;
  readonly cursor: string | null;
  /** Messages that left by our own doing since the cursor; null in rows from before it was kept: none. */
  readonly departed: number | null;
  /**
   * Messages are known here that the cursor's SELECT has not counted: moved in by us, or come while we looked. When a look did not count them
   * first, ms; 0: none has been since; null: there are none.
   */
  readonly uncountedSince: number | null;
  readonly totalCount: number;
  readonly unreadCount: number;
  /** The last look into it, or the last pass that left it alone before it got into trouble; see `lastLookAt`. */
  readonly lastSyncAt: number | null;
  readonly errorCode: ErrorCode | null;
  /** Since when, or, of a refusal, when. */
  readonly errorAt: number | null;
  /** It is left alone until then, ms, because the line was lost at it again and again; null: it is looked at with every pass. */
  readonly restsUntil: number | null;
  /** When its owner was told of it; null when there is nothing to tell, or nobody did yet. Kept for inboxes. */
  readonly notifiedAt: number | null;
  /** MAILBOXID (RFC 8474), where the server has one. */
  readonly objectId: string | null;
  /** No longer on the server; out of sight until it is known whether it has only another name. */
  readonly isGone: boolean;
  /** Since when a list lacks it; null: it is there. */
  readonly goneAt: number | null;
  /** When its UIDs began (its first look, another UIDVALIDITY), or it was listed again; null: not yet, or before this was kept. */
  readonly begunAt: number | null;
  /** When every message was last compared. */
  readonly scannedAt: number | null;
  /** Mail from this time on is listed (ms); null: all, or nothing yet. */
  readonly listedSince: number | null;
  /** How many more unread messages the server has than we; null: not known. */
  readonly unreadGap: number | null;
  /** Its counts are not those of its rows any more. */
  readonly needsCount: boolean;
}

export interface MessageRow {
  readonly id: MessageId;
  readonly accountId: AccountId;
  readonly userId: UserId;
  readonly threadId: ThreadId | null;
  readonly fingerprint: string;
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** Both null in rows from before they were kept. */
  readonly threadIndex: string | null;
  readonly remoteThreadId: string | null;
  /** By which edition of the rules it was put into its conversation; null: before there were editions. */
  readonly threadVersion: number | null;
  readonly subject: string;
  readonly from: Address | null;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  readonly replyTo: readonly Address[];
  readonly sentAt: number;
  readonly sizeBytes: number;
  readonly snippet: string;
  readonly text: string | null;
  readonly html: string | null;
  readonly hasAttachments: boolean;
  /** False while only the header is known. */
  readonly isComplete: boolean | null;
  /** Its entry in the full-text index is missing or out of date. */
  readonly needsIndex: boolean | null;
  readonly errorCode: ErrorCode | null;
  /** When it lay in more than one place and left one of them, the last time; null: never, as far as we know. */
  readonly copiedAt: number | null;
  /** Since when it has been in no folder, as far as we know; null: it is in one, or nobody has looked. */
  readonly orphanedAt: number | null;
}

export interface PlacementRow {
  readonly id: number;
  readonly accountId: AccountId;
  readonly userId: UserId;
  readonly folderId: FolderId;
  readonly messageId: MessageId | null;
  readonly threadId: ThreadId | null;
  readonly uidValidity: string;
  readonly uid: number;
  /** EMAILID or X-GM-MSGID. */
  readonly emailId: string | null;
  /** Header known, body not yet. */
  readonly needsBody: boolean;
  /** Where people see it: its folder, the one it is being moved to, or none while it is being erased. */
  readonly shownFolderId: FolderId | null;
  readonly pending: 'move' | 'erase' | null;
  /** The folder to which the server was told to move it, until it is known whether it did. */
  readonly movingTo: FolderId | null;
  readonly flags: readonly string[];
  readonly isSeen: boolean;
  readonly intent: FlagChange | null;
  readonly hasIntent: boolean;
  readonly receivedAt: number;
  readonly sizeBytes: number;
  readonly attempts: number;
}

export interface AttachmentRow {
  readonly id: number;
  readonly accountId: AccountId;
  readonly userId: UserId;
  readonly messageId: MessageId;
  readonly part: string;
  readonly filename: string;
  readonly contentType: string;
  readonly contentId: string | null;
  readonly isInline: boolean;
  readonly sizeBytes: number;
}

export type DraftKind = 'new' | 'reply' | 'reply-all' | 'forward';

export interface DraftRow {
  readonly id: number;
  readonly userId: UserId;
  readonly accountId: AccountId;
  readonly state: 'editing' | 'sending' | 'sent';
  readonly revision: number;
  readonly kind: DraftKind;
  readonly sourceMessageId: MessageId | null;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  readonly subject: string;
  readonly html: string;
  readonly quotesOriginal: boolean;
}

export interface UploadRow {
  readonly id: number;
  readonly userId: UserId;
  readonly draftId: number;
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly file: string;
}

export type OutboxState = 'queued' | 'transmitting' | 'sent' | 'rejected' | 'later' | 'uncertain' | 'cancelled';

export interface OutboxRow {
  readonly id: number;
  readonly userId: UserId;
  readonly accountId: AccountId;
  readonly draftId: number | null;
  readonly sendKey: string;
  readonly state: OutboxState;
  readonly dueAt: number;
  readonly attempts: number;
  readonly claimedBy: string | null;
  readonly claimedUntil: number | null;
  readonly messageId: string;
  readonly subject: string;
  readonly from: string;
  readonly recipients: readonly string[];
  readonly file: string;
  readonly sourceMessageId: MessageId | null;
  readonly errorCode: ErrorCode | null;
  readonly errorParams: ErrorParams | null;
  readonly sentAt: number | null;
}

export interface OAuthStateRow {
  readonly stateHash: string;
  readonly userId: UserId;
  readonly provider: string;
  readonly redirectUri: string;
  readonly sealed: string;
  readonly cookieHash: string;
  readonly accountId: AccountId | null;
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

export interface ProviderRow {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly clientSecret: string;
  readonly secretHint: string | null;
  readonly state: 'ready' | 'misconfigured';
  readonly errorCode: ErrorCode | null;
}

export interface SyncLogRow {
  readonly id: number;
  readonly accountId: AccountId;
  readonly userId: UserId;
  readonly at: number;
  readonly event: string;
  readonly folderId: FolderId | null;
  readonly code: string | null;
  readonly counts: Readonly<Record<string, number>> | null;
}

export interface LeaseRow {
  readonly accountId: AccountId;
  readonly owner: string | null;
  readonly fence: number;
  readonly until: number;
  readonly requestedAt: number;
}
