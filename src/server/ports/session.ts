import type { Readable } from 'node:stream';
import type { FlagChange, Flags } from '../mail/flags';
import type { FolderRole } from '../mail/folder-role';
import type { Brand, RemoteId } from '../mail/ids';
import type { Standing } from '../mail/standing';
import type { UidRange } from '../mail/uid-ranges';

/** Opaque to everyone but the provider that minted it; taken before the look it belongs to (I1). */
export type FolderCursor = Brand<string, 'FolderCursor'>;

/** What a STATUS (RFC 9051 §6.3.11) says against the cursor of the folder, before anything is opened. */
export interface FolderNews {
  /**
   * `none`: nothing came or went. `some`: there is something to look at. `unknown`: the server did not say.
   */
  readonly kind: 'none' | 'some' | 'unknown';
  /** The server names changes of flags (CONDSTORE): `none` speaks of them, too, and looks find them. */
  readonly namesFlags: boolean;
  /** Unread messages there are on the server; null when it did not say. */
  readonly unseen: number | null;
}

export interface RemoteFolder {
  readonly path: string;
  readonly name: string;
  readonly delimiter: string;
  readonly role: FolderRole | null;
  /** False for a `\Noselect` or `\NonExistent` parent, which holds no messages and must not be opened. */
  readonly isSelectable: boolean;
  readonly news: FolderNews;
}

export interface RemoteState {
  readonly id: RemoteId;
  readonly flags: Flags;
  /** INTERNALDATE: when the server got it. */
  readonly receivedAt: Date;
  readonly sizeBytes: number;
  /** EMAILID (RFC 8474) or X-GM-MSGID: what the server calls the content wherever it lies; null where there is no such thing. */
  readonly emailId: string | null;
}

export { LAST_UID, type UidRange } from '../mail/uid-ranges';

/** How a folder is compared, and why; for the log. */
export interface Strategy {
  readonly kind: 'first' | 'qresync' | 'condstore' | 'plain';
  readonly reason: string;
}

/** A piece of what one look at a folder teaches us, small enough to be held in memory. */
export interface FolderSlice {
  readonly states: readonly RemoteState[];
  /** Where `states` is complete: a message that we know there and that is missing in `states` is gone. */
  readonly complete: readonly UidRange[];
  /** What the server itself names as gone (VANISHED, RFC 7162 §3.2.10), ascending and apart; with much that was never there. */
  readonly gone: readonly UidRange[];
  /**
   * Net number of messages that are missing on the server from this slice on; null when nobody knows. Once as many have been
   * found, the slices that follow have nothing to say.
   */
  readonly missing: number | null;
  /** Every message of the folder has been compared, in this look or in it and the ones before. */
  readonly isThrough: boolean;
  /** To be kept once this slice and all before it are stored; null: keep what there is. */
  readonly cursor: FolderCursor | null;
  /** To be kept instead when all that is missing has been found. */
  readonly settled: FolderCursor | null;
}

/** One look at a folder. What it yields was true after the look began, never before. */
export interface FolderLook {
  /** UIDVALIDITY. */
  readonly epoch: string;
  /** MAILBOXID (RFC 8474) or null: a folder with another one is another folder, whatever its path. */
  readonly objectId: string | null;
  /** The same UIDVALIDITY begins again at low UIDs: what we know of the folder belongs to another one. */
  readonly isReborn: boolean;
  readonly strategy: Strategy;
  readonly slices: AsyncIterable<FolderSlice>;
}

/** How closely to look. */
export interface Look {
  readonly since: FolderCursor | null;
  /** Messages that we moved or erased ourselves since then: the server counts so many less, and nothing is missing. */
  readonly departed?: number;
  /** Messages that we know and that were in no count of the server's then: of these it has to be asked whether they are still there. */
  readonly uncounted?: number;
  /** The highest UID that was known before the last look and was in no count of it either; null: all were. */
  readonly highestUid?: number | null;
  /** `changes`: as cheaply as the server allows. `everything`: compare every message, beginning with the newest. */
  readonly depth: 'changes' | 'everything';
  /** Messages to compare one by one in this look; the rest is compared in the next ones. */
  readonly budget: number;
  /** Sequence numbers whose flags the server has just announced as changed. */
  readonly hints?: readonly number[];
}

/** What an IDLE ended with. */
export interface Change {
  readonly kind: 'changed' | 'aborted';
  readonly hints: readonly number[];
}

/** A body part as BODYSTRUCTURE describes it (RFC 9051 §7.5.2). */
export interface RemotePart {
  /** IMAP part specifier, for example `1.2`; `TEXT` for the body of a message that is not multipart. */
  readonly part: string;
  readonly type: string;
  readonly disposition: string | null;
  readonly filename: string | null;
  readonly contentId: string | null;
  readonly encodedBytes: number;
  readonly encoding: string;
  /** Type of the multipart around it, null at the top. */
  readonly parentType: string | null;
}

/**
 * Raw material of one message. `source` is the whole of a small mail; large ones come as header and text parts. A mail whose
 * structure the server or the parser cannot give has no `parts`, and may be cut. `threadId`: see `RemoteHead`.
 */
export type RemoteContent =
  | {
      kind: 'source';
      id: RemoteId;
      source: Buffer;
      parts: readonly RemotePart[] | null;
      isCut: boolean;
      sizeBytes: number;
      threadId?: string | null;
    }
  | {
      kind: 'parts';
      id: RemoteId;
      header: Buffer;
      texts: readonly Buffer[];
      parts: readonly RemotePart[];
      sizeBytes: number;
      threadId?: string | null;
    }
  /** `isRefused`: the server says that it cannot serve this one now. */
  | { kind: 'failed'; id: RemoteId; cause: unknown; isRefused?: boolean };

/** Header fields of a message, as they came. */
export interface RemoteHead {
  readonly id: RemoteId;
  readonly header: Buffer;
  readonly sizeBytes: number;
  /** What the server calls the conversation (X-GM-THRID); null or missing where there is no such thing. */
  readonly threadId?: string | null;
}

/** How contents are asked for: `small` mails many at a time; `careful`: one at a time and without its structure, which is what makes parsers and servers stumble. */
export type Manner = 'usual' | 'small' | 'careful';

/** So many messages after the last one that it yielded a session may have asked for, headers and contents, in the order in which they were named. */
export const ASKED_AHEAD = { heads: 500, usual: 50, small: 200, careful: 1 } as const;

/** Where moved messages are now, as far as the server said so. */
export type Moved = ReadonlyMap<RemoteId, RemoteId>;

/** One authenticated connection to a mailbox. I/O only, no decisions. Every method may throw a MailError. */
export interface MailboxSession {
  /**
   * Folders, each with what has happened in it since its cursor.
   * @param asksStatus false: it is not asked what has happened in them, so that each has to be looked into; true by default
   */
  listFolders(cursors: ReadonlyMap<string, FolderCursor>, asksStatus?: boolean): Promise<RemoteFolder[]>;
  /** Whether a folder that is listed is only a name, and the server says so when it is opened. */
  isNameOnly(path: string): Promise<boolean>;
  observe(path: string, look: Look): Promise<FolderLook>;
  /**
   * Content of the given messages; those that vanished meanwhile are missing from the answer.
   */
  contents(path: string, ids: readonly RemoteId[], manner: Manner): AsyncIterable<RemoteContent>;
  /** Header fields of the given messages; those that vanished meanwhile are missing from the answer. */
  heads(path: string, ids: readonly RemoteId[]): AsyncIterable<RemoteHead>;
  /** Decoded content of one part; UIDVALIDITY is checked in the same SELECT. */
  fetchPart(path: string, id: RemoteId, part: string): Promise<Readable>;
  /**
   * What lies at the given ids now, before something is done to it; what is missing was asked for twice, and of what is null the server refuses to tell.
   * The folder stays open for changes.
   * @param objectId MAILBOXID of the folder that is meant (RFC 8474); null: not known
   * @throws MailError `EMAIL_FOLDER_CHANGED` when it is another folder, or its UIDVALIDITY another one
   */
  standing(
    path: string,
    ids: readonly RemoteId[],
    objectId: string | null,
  ): Promise<ReadonlyMap<RemoteId, Standing | null>>;
  /** @throws MailError `EMAIL_FOLDER_CHANGED` when UIDVALIDITY is another one; ids that vanished are passed over */
  storeFlags(path: string, ids: readonly RemoteId[], change: FlagChange): Promise<void>;
  /** @throws MailError `EMAIL_MOVE_REFUSED`, for example when the target is gone */
  move(path: string, ids: readonly RemoteId[], target: string): Promise<Moved>;
  /** Deletes messages for ever (`\Deleted` and UID EXPUNGE, RFC 4315). */
  erase(path: string, ids: readonly RemoteId[]): Promise<void>;
  append(path: string, source: Buffer, flags: readonly string[]): Promise<void>;
  /** True if the folder holds a message with this Message-ID. */
  hasMessage(path: string, messageId: string): Promise<boolean>;
  /** Resolves when the folder may have changed (IDLE, RFC 2177) or the signal fires. */
  waitForChange(path: string, signal: AbortSignal): Promise<Change>;
  close(): Promise<void>;
}
