import type { Readable } from 'node:stream';
import type { FlagChange, Flags } from '../mail/flags';
import type { FolderRole } from '../mail/folder-role';
import type { Brand, RemoteId } from '../mail/ids';

/** Opaque to everyone but the provider that minted it; taken before the look it belongs to (I1). */
export type FolderCursor = Brand<string, 'FolderCursor'>;

export interface RemoteFolder {
  readonly path: string;
  readonly name: string;
  readonly delimiter: string;
  readonly role: FolderRole | null;
  /** False for a `\Noselect` or `\NonExistent` parent, which holds no messages and must not be opened. */
  readonly isSelectable: boolean;
}

export interface RemoteState {
  readonly id: RemoteId;
  readonly flags: Flags;
  /** INTERNALDATE: when the server got it. */
  readonly receivedAt: Date;
  readonly sizeBytes: number;
}

/** What one look at a folder taught us. `all` lists everything there is; `since-cursor` only what is new. */
export interface FolderObservation {
  readonly epoch: string;
  readonly scope: 'all' | 'since-cursor';
  readonly states: readonly RemoteState[];
  readonly gone: readonly RemoteId[];
  readonly next: FolderCursor;
}

/** How closely to look: `new` asks for arrivals only, `all` compares everything. */
export interface Look {
  readonly since: FolderCursor | null;
  readonly depth: 'new' | 'all';
  /** Mail received earlier is not listed. */
  readonly notBefore: Date | null;
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
 * structure the server or the parser cannot give has no `parts`, and may be cut.
 */
export type RemoteContent =
  | {
      kind: 'source';
      id: RemoteId;
      source: Buffer;
      parts: readonly RemotePart[] | null;
      isCut: boolean;
      sizeBytes: number;
    }
  | {
      kind: 'parts';
      id: RemoteId;
      header: Buffer;
      texts: readonly Buffer[];
      parts: readonly RemotePart[];
      sizeBytes: number;
    }
  | { kind: 'failed'; id: RemoteId; cause: unknown };

/** One authenticated connection to a mailbox. I/O only, no decisions. Every method may throw a MailError. */
export interface MailboxSession {
  listFolders(): Promise<RemoteFolder[]>;
  observe(path: string, look: Look): Promise<FolderObservation>;
  /**
   * Content of the given messages; those that vanished meanwhile are missing from the answer. `careful` asks for one at a
   * time and without its structure, which is what makes parsers and servers stumble.
   */
  contents(path: string, ids: readonly RemoteId[], careful: boolean): AsyncIterable<RemoteContent>;
  /** Decoded content of one part; UIDVALIDITY is checked in the same SELECT. */
  fetchPart(path: string, id: RemoteId, part: string): Promise<Readable>;
  storeFlags(path: string, id: RemoteId, change: FlagChange): Promise<void>;
  append(path: string, source: Buffer, flags: readonly string[]): Promise<void>;
  /** True if the folder holds a message with this Message-ID. */
  hasMessage(path: string, messageId: string): Promise<boolean>;
  /** Resolves when the folder may have changed (IDLE, RFC 2177) or the signal fires; says what moved. */
  waitForChange(path: string, signal: AbortSignal): Promise<'new' | 'all' | 'aborted'>;
  close(): Promise<void>;
}
