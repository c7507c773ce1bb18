import type { Readable } from 'node:stream';
import type { ErrorCode } from '../../shared/error-codes';
import type { ErrorParams } from '../errors/mail-error';
import type { Address } from '../mail/address';
import type { AccountId, MessageId, UserId } from '../mail/ids';
import type { DraftKind, DraftRow, MessageRow, OutboxRow, OutboxState, UploadRow } from './records';

/** Private files under the storage path: uploads of drafts and built mails. Never reachable by URL. */
export interface PrivateFiles {
  /** @throws MailError `EMAIL_ATTACHMENTS_TOO_LARGE` after `limitBytes`; nothing is left behind then */
  save(content: Readable, limitBytes: number): Promise<{ file: string; sizeBytes: number }>;
  read(file: string): Promise<Buffer>;
  remove(file: string): Promise<void>;
}

export interface DraftContent {
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  readonly subject: string;
  readonly html: string;
  readonly quotesOriginal: boolean;
}

export interface DraftStore {
  list(user: UserId): Promise<DraftRow[]>;
  own(user: UserId, id: number): Promise<DraftRow>;
  create(
    user: UserId,
    account: AccountId,
    kind: DraftKind,
    source: MessageId | null,
    content: DraftContent,
  ): Promise<DraftRow>;
  /** Saves if `revision` is still the newest. @throws MailError `EMAIL_DRAFT_CONFLICT`, `EMAIL_DRAFT_SENT` */
  save(user: UserId, id: number, revision: number, content: DraftContent & { accountId: AccountId }): Promise<DraftRow>;
  /** Takes the draft out of editing; false when another click was faster. */
  startSending(draft: DraftRow): Promise<boolean>;
  /** Drafts that have said "sending" since before `time` (ms). */
  stuck(time: number): Promise<DraftRow[]>;
  /** Gives a draft back to its writer, with a new revision so that it can be sent again. */
  reopen(id: number): Promise<void>;
  /** Only while it is being written. @throws MailError `EMAIL_DRAFT_SENT` when it was sent meanwhile */
  discard(user: UserId, id: number): Promise<string[]>;
  remove(user: UserId, id: number): Promise<string[]>;
  uploads(draft: number): Promise<UploadRow[]>;
  /** Those of several drafts, by draft. */
  uploadsOf(drafts: readonly number[]): Promise<Map<number, UploadRow[]>>;
  addUpload(upload: Omit<UploadRow, 'id'>): Promise<UploadRow>;
  removeUpload(user: UserId, draft: number, upload: number): Promise<string>;
}

export type NewOutboxRow = Pick<
  OutboxRow,
  | 'userId'
  | 'accountId'
  | 'draftId'
  | 'sendKey'
  | 'dueAt'
  | 'messageId'
  | 'subject'
  | 'from'
  | 'recipients'
  | 'file'
  | 'sourceMessageId'
>;

export interface Settlement {
  readonly state: OutboxState;
  readonly errorCode?: ErrorCode | null;
  readonly errorParams?: ErrorParams | null;
  readonly dueAt?: number;
  readonly sentAt?: number;
  readonly attempts?: number;
}

export interface OutboxStore {
  /** null when a row with this key is there already: a double click is one mail. */
  enqueue(row: NewOutboxRow): Promise<OutboxRow | null>;
  open(user: UserId): Promise<OutboxRow[]>;
  own(user: UserId, id: number): Promise<OutboxRow>;
  /** What may be handed over now, oldest first; nothing of the accounts in `except`. */
  due(now: number, limit: number, except: readonly AccountId[]): Promise<OutboxRow[]>;
  /** Takes a due row for this worker by a conditional update; null when another was faster. */
  claim(row: OutboxRow, worker: string, until: number): Promise<OutboxRow | null>;
  /** The newest row made from a draft. */
  ofDraft(draft: number): Promise<OutboxRow | null>;
  /** Rows that a crashed worker left in transmission: nobody knows whether they went out. */
  markAbandoned(now: number): Promise<number>;
  uncertain(now: number, except: readonly AccountId[]): Promise<OutboxRow[]>;
  /** Only the claimer may settle. */
  settle(id: number, worker: string, settlement: Settlement): Promise<boolean>;
  /** A change by the user or by what Sent showed; only from the expected state. */
  move(id: number, from: OutboxState, settlement: Settlement): Promise<boolean>;
  /** Removes rows that were settled before `time` (ms): who wrote to whom is kept in Sent, not here. */
  prune(time: number): Promise<number>;
}

/** Content of received mail that writing needs. */
export interface SourceMessages {
  own(user: UserId, id: number): Promise<MessageRow>;
  byId(id: MessageId): Promise<MessageRow | null>;
  /** Marks every placement of the message; the sync worker tells the server. */
  addFlag(id: MessageId, flag: string): Promise<void>;
}
