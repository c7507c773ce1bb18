import type { Backend } from './gateway';

/** One mail to put into a mailbox. */
export interface SeedMail {
  readonly folder: string;
  readonly raw: Buffer;
  readonly flags: readonly string[];
  readonly receivedAt: Date;
}

/** Folders of a new Exchange mailbox, with their special use (RFC 6154). */
export const FOLDERS: readonly (readonly [string, string])[] = [
  ['Sent Items', '\\Sent'],
  ['Drafts', '\\Drafts'],
  ['Deleted Items', '\\Trash'],
  ['Junk Email', '\\Junk'],
  ['Archive', '\\Archive'],
];

/** The mailboxes behind the gateway: in memory (Node only), or a real Dovecot. */
export interface MailStore {
  readonly edition: 'node' | 'dovecot';
  backend(upn: string): Backend;
  deliver(upn: string, raw: Buffer): Promise<void>;
  /** Files a copy in Sent Items, as Exchange does with what it submits. */
  fileSent(upn: string, raw: Buffer): Promise<void>;
  fill(upn: string, mails: readonly SeedMail[]): Promise<void>;
  /** Everything in a mailbox, where the edition keeps it in memory only. */
  readonly dump?: (upn: string) => SeedMail[];
  close(): Promise<void>;
}
