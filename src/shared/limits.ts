/** Largest sum of attachment contents in one mail, bytes. Exchange takes 35 MB of MIME by default; base64 adds a third. */
export const MAX_ATTACHMENTS_BYTES = 25 * 1024 * 1024;

/** Largest number of recipients in one mail (Exchange Online's default is 500). */
export const MAX_RECIPIENTS = 500;

/** Seconds between *Send* and the hand-over to the server, during which *Undo* works. */
export const UNDO_SECONDS = 10;

/** Rows on one page of the thread list. */
export const THREAD_PAGE_SIZE = 50;

/** Messages of a conversation that come with their bodies; older ones are fetched when they are opened. */
export const THREAD_BODIES = 5;

/** Recipients that a message brings along in a conversation; one message by itself brings all of them. */
export const SHOWN_RECIPIENTS = 20;

/** Minutes between two polls of folders without IDLE, unless the administrator sets another number. */
export const DEFAULT_POLL_MINUTES = 5;
