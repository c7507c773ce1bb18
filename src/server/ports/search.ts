import type { Address } from '../mail/address';
import type { AccountId, MessageId } from '../mail/ids';

/** What of a message can be searched. */
export interface SearchContent {
  readonly subject: string;
  readonly from: readonly Address[];
  /** To, Cc and Bcc. */
  readonly to: readonly Address[];
  /** Names of attachments. */
  readonly files: readonly string[];
  /** Plain text, or what is left of the HTML. */
  readonly text: string;
  readonly hasAttachments: boolean;
}

export interface StaleMessage extends Omit<SearchContent, 'text'> {
  readonly id: MessageId;
  readonly text: string | null;
  /** Where there is no text. */
  readonly html: string | null;
  /** When it was sent; results stand in this order. */
  readonly sentAt: number;
}

export interface StaleMessages {
  readonly messages: readonly StaleMessage[];
  /** There are no others. */
  readonly isAll: boolean;
}

/** A message's entry in the full-text index. */
export interface SearchEntry {
  readonly id: MessageId;
  readonly sentAt: number;
  /** Words of `[a-z0-9_]`, in their order. */
  readonly words: readonly string[];
}

/** Keeps the full-text index of an account in line with its messages. */
export interface SearchIndexStore {
  /** Marks all messages of an account whose index is of another version. */
  adoptVersion(account: AccountId, version: number): Promise<void>;
  /**
   * Messages whose entry is missing or out of date, newest first; fewer than `limit` where they are long.
   * @param headsBefore ms: of which only the header is here counts if it came before that, for its text comes soon and changes the entry
   */
  stale(account: AccountId, limit: number, headsBefore: number): Promise<StaleMessages>;
  /** Replaces the entries of these messages.
   * @throws MailError `EMAIL_NOT_FOUND`, `EMAIL_LEASE_LOST`; `EMAIL_MESSAGE_UNREADABLE` when the database refuses what one holds */
  write(account: AccountId, entries: readonly SearchEntry[]): Promise<void>;
}
