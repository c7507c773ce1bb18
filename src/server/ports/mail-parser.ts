import type { RemoteContent, RemoteHead } from './session';
import type { ParsedMessage } from './stores';

/** Content that the server gave. */
export type Fetched = Exclude<RemoteContent, { kind: 'failed' }>;
/** Header fields alone. */
export type FetchedHead = Omit<RemoteHead, 'id'>;

/** Makes messages of what a server gave (messages/parse-message.ts), here or somewhere else. */
export interface MailParser {
  /** Messages worth asking for before the first is answered; 1 where each is parsed at once. It may change while the parser is in use. */
  readonly ahead: number;
  /** @throws MailError `EMAIL_MESSAGE_UNREADABLE`, or whatever the parser threw: asking again would fail again */
  content(content: Fetched): Promise<ParsedMessage>;
  /** @throws as `content` */
  head(head: FetchedHead): Promise<ParsedMessage>;
}
