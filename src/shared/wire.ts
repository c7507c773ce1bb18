/** What the server's resources answer and the browser reads. Times are milliseconds since 1970, sizes bytes. */
import type { ErrorCode } from './error-codes';

/** What the server pushes to a user's browsers: what changed, not how. */
export interface LivePayload {
  /** `refused`: the mail server did not accept what the reader did, and it was taken back. */
  readonly topic: 'accounts' | 'mail' | 'outbox' | 'refused';
  readonly accountId: number | null;
  /** Why it was refused. */
  readonly code?: ErrorCode;
}

export interface WireAddress {
  readonly name: string;
  readonly address: string;
}

export type WireAccountState = 'linking' | 'active' | 'backing-off' | 'needs-reconnect' | 'disabled';

export interface WireAccount {
  readonly id: number;
  readonly provider: string;
  readonly address: string;
  readonly displayName: string;
  readonly state: WireAccountState;
  readonly error: WireError | null;
  readonly syncSince: number | null;
  readonly lastSyncAt: number | null;
  /** When it is looked at next; null: at once, or not before its owner acts. */
  readonly nextAttemptAt: number | null;
  /** When all folders were looked at the last time; `lastSyncAt`: when everything that can be read was here. */
  readonly lastPassAt: number | null;
  /** Since when it does not work; null while it does. */
  readonly failingSince: number | null;
  /** It needs its owner, or fails for long: time to say so. */
  readonly hasStopped: boolean;
  /** Why its inbox cannot be opened, when that lasts for long while the account works; null otherwise. */
  readonly inboxError: WireError | null;
  /** Folders that the last look could not read: while there are any, not everything is known to be here. */
  readonly troubledFolders: number;
  readonly unreadCount: number;
  /** Messages listed so far, and how many of them are readable. */
  readonly listedCount: number;
  readonly readableCount: number;
}

export interface WireError {
  readonly code: ErrorCode;
  readonly params: Readonly<Record<string, string | number>>;
}

export interface WireFolder {
  readonly id: number;
  readonly accountId: number;
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly role: string | null;
  readonly isSelectable: boolean;
  readonly totalCount: number;
  readonly unreadCount: number;
  /** Why the last look at it failed; null when it did not. */
  readonly error: WireError | null;
}

/** A folder as the synchronising sees it. */
export interface WireFolderHealth extends WireFolder {
  readonly lastLookAt: number | null;
  /** Null: at once, or not while the mailbox is not followed. */
  readonly nextLookAt: number | null;
  readonly errorAt: number | null;
  /** Its mail is still being listed. */
  readonly isListing: boolean;
  /** Mails of which the content is still to be fetched. */
  readonly missingCount: number;
}

export interface WireAccountHealth extends WireAccount {
  /** Changes made here that the server has not heard yet. */
  readonly operationCount: number;
  readonly missingCount: number;
  /** The server asked for this pause; no wish shortens it. */
  readonly isPausedByServer: boolean;
  readonly folders: readonly WireFolderHealth[];
}

export interface WireLogLine {
  readonly id: number;
  readonly at: number;
  readonly event: string;
  /** Null too when the folder is gone. */
  readonly folderId: number | null;
  readonly error: WireError | null;
  readonly counts: Readonly<Record<string, number>>;
}

export interface WireLogPage {
  readonly lines: readonly WireLogLine[];
  /** Pass as `before` for the next page; null at the end. */
  readonly nextBefore: number | null;
}

/** An account as an administrator sees it: how it is, nothing of what is in it. */
export interface WireHealth {
  readonly id: number;
  readonly owner: { readonly id: number; readonly name: string | null };
  readonly provider: string;
  readonly address: string;
  readonly state: WireAccountState;
  readonly error: WireError | null;
  readonly failingSince: number | null;
  readonly hasStopped: boolean;
  /** How many folders cannot be read now; which ones only their owner sees. */
  readonly troubledFolders: number;
  readonly lastPassAt: number | null;
  readonly nextAttemptAt: number | null;
  /** The node that works on it. */
  readonly node: string | null;
  readonly messageCount: number;
  readonly missingCount: number;
  readonly operationCount: number;
}

export interface WireHealthPage {
  readonly accounts: readonly WireHealth[];
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
  /** How many accounts there are in each state, whatever was asked for. */
  readonly states: Readonly<Partial<Record<WireAccountState, number>>>;
}

export interface WireThread {
  readonly id: number;
  readonly accountId: number;
  /** Where it is listed; in search results, where the message lies that was found. */
  readonly folderId: number;
  readonly subject: string;
  readonly snippet: string;
  /** Who wrote; in a folder of sent mail, to whom. */
  readonly people: readonly WireAddress[];
  readonly isOutgoing: boolean;
  readonly messageCount: number;
  /** Of its messages, the one that was stored last: pass as `upTo`, and what comes later is left alone. */
  readonly newestId: number;
  /** How often other conversations were joined to it: pass it, too, and nothing is changed where that has happened again. */
  readonly joinCount: number;
  readonly lastMessageAt: number;
  readonly isUnread: boolean;
  readonly isStarred: boolean;
  readonly hasAttachments: boolean;
  /** In search results: which parts of subject and snippet were found. */
  readonly marks?: { readonly subject: WireMarks; readonly snippet: WireMarks };
}

/** Parts of a text, each from its first UTF-16 unit to the one after its last; in order, without overlap. */
export type WireMarks = readonly (readonly [start: number, end: number])[];

export interface WireThreadPage {
  readonly threads: readonly WireThread[];
  /** Pass as `before` for the next page; null at the end. */
  readonly nextBefore: string | null;
}

export interface WireAttachment {
  readonly id: number;
  readonly filename: string;
  readonly contentType: string;
  readonly contentId: string | null;
  readonly isInline: boolean;
  readonly sizeBytes: number;
}

export interface WireBody {
  readonly text: string | null;
  /** Sanitized; to be shown in the sandboxed frame only. */
  readonly html: string | null;
  readonly hasRemoteContent: boolean;
}

export interface WireMessage {
  readonly id: number;
  readonly threadId: number;
  readonly accountId: number;
  readonly subject: string;
  readonly from: WireAddress | null;
  readonly to: readonly WireAddress[];
  readonly cc: readonly WireAddress[];
  readonly bcc: readonly WireAddress[];
  /** Recipients of all three kinds that are left out above. */
  readonly moreRecipients: number;
  readonly sentAt: number;
  readonly snippet: string;
  /** A conversation brings the bodies of its newest messages only; null: ask `emailMessages:get`. */
  readonly body: WireBody | null;
  readonly isUnread: boolean;
  readonly isStarred: boolean;
  readonly isDraft: boolean;
  /** False while only the head of the mail has been fetched. */
  readonly isComplete: boolean;
  readonly folders: readonly number[];
  readonly attachments: readonly WireAttachment[];
  readonly error: WireError | null;
}

export interface WireThreadDetail {
  readonly id: number;
  readonly accountId: number;
  readonly subject: string;
  /** As in `WireThread`. */
  readonly joinCount: number;
  readonly messages: readonly WireMessage[];
}

/** Where conversations are now, and which messages of them were moved: what it takes to move them back. */
export interface WireMoved {
  readonly folderId: number;
  readonly messageIds: readonly number[];
}

export type WireDraftKind = 'new' | 'reply' | 'reply-all' | 'forward';

export interface WireUpload {
  readonly id: number;
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
}

/** What the writer changes of a draft, with the revision it was changed from: the body of `emailDrafts:save`. */
export interface WireDraftContent {
  readonly accountId: number;
  readonly revision: number;
  readonly to: readonly WireAddress[];
  readonly cc: readonly WireAddress[];
  readonly bcc: readonly WireAddress[];
  readonly subject: string;
  readonly html: string;
  readonly quotesOriginal: boolean;
}

export interface WireDraft extends WireDraftContent {
  readonly id: number;
  readonly kind: WireDraftKind;
  readonly hasOriginal: boolean;
  readonly uploads: readonly WireUpload[];
  readonly updatedAt: number;
}

/** A draft in the list of drafts: without its text, which may be long. */
export type WireDraftLine = Omit<WireDraft, 'html'>;

export interface WireOutgoing {
  readonly id: number;
  readonly accountId: number;
  readonly draftId: number | null;
  readonly state: 'queued' | 'transmitting' | 'later' | 'uncertain' | 'rejected' | 'sent' | 'cancelled';
  readonly subject: string;
  readonly recipients: readonly string[];
  readonly dueAt: number;
  /** Its fate is unknown and it is still being looked for in Sent; it cannot be sent again yet. */
  readonly isLookedFor: boolean;
  readonly error: WireError | null;
}

export interface WireProvider {
  readonly name: string;
  readonly state: 'empty' | 'ready' | 'misconfigured';
  readonly settings: Readonly<Record<string, unknown>> | null;
  readonly hasSecret: boolean;
  readonly secretHint: string | null;
  readonly redirectUri: string;
  readonly error: WireError | null;
  /** Defaults of every cloud, shown as placeholders. */
  readonly clouds: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
