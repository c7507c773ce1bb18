import { asMailError } from '../errors/mail-error';
import type { AccountRow } from '../ports/records';
import type { Clock, LiveBus, Log } from '../ports/runtime';
import type { SearchEntry, SearchIndexStore } from '../ports/search';
import { searchedText } from '../search/content-of';
import { INDEX_VERSION, indexTokens } from '../search/index-tokens';
import { othersTurn } from './others-turn';
import { isRefused } from './store-behind';

/** Messages indexed in one transaction, where they are short. */
const BATCH = 500;
/** A mailbox that is read fast is indexed once; in one that takes hours, senders and subjects are found long before the texts. */
const HEADS_WAIT_MS = 60_000;

export interface IndexPorts {
  readonly searchIndex: SearchIndexStore;
  readonly live: LiveBus;
  readonly log: Log;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Indexes what is marked; mail goes on arriving when the database's full text does not work.
 * @returns false when there is more
 * @throws MailError `EMAIL_NOT_FOUND`, `EMAIL_LEASE_LOST`
 */
export async function keepIndexed(
  account: AccountRow,
  { searchIndex, live, log, clock }: IndexPorts,
  mayGoOn: () => boolean,
): Promise<boolean> {
  try {
    const { count, isDone } = await indexSome(account, searchIndex, clock.now() - HEADS_WAIT_MS, mayGoOn);
    // An open search does not show yet what the mail's arrival announced.
    if (count > 0) live.changed(account.userId, { accountId: account.id, topic: 'mail' });
    return isDone;
  } catch (error) {
    if (asMailError(error).kind !== 'unexpected') throw error;
    log.error('index-failed', error, { accountId: account.id });
    return true;
  }
}

/** What a turn of indexing came to. */
export interface Indexed {
  readonly count: number;
  readonly isDone: boolean;
}

/**
 * Brings the full-text index in line with the messages, newest first, until nothing is left or `mayGoOn` says that something else is due;
 * one batch in any case. Whatever ends it in the middle, the rest is found again by its mark.
 * @param headsBefore as the store asks for it
 * @throws MailError `EMAIL_NOT_FOUND`, `EMAIL_LEASE_LOST`; what the database throws when it is not the words
 */
export async function indexSome(
  account: AccountRow,
  index: SearchIndexStore,
  headsBefore: number,
  mayGoOn: () => boolean,
): Promise<Indexed> {
  // Asked at every new mail: the row that is at hand says that nothing is to be done.
  if (account.searchVersion !== INDEX_VERSION) await index.adoptVersion(account.id, INDEX_VERSION);
  const pause = othersTurn();
  for (let count = 0; ;) {
    const { messages, isAll } = await index.stale(account.id, BATCH, headsBefore);
    const entries: SearchEntry[] = [];
    for (const message of messages) {
      // Some hold 400,000 characters, or html made to hold everything up.
      await pause();
      const text = searchedText(message.text, message.html);
      entries.push({ id: message.id, sentAt: message.sentAt, words: indexTokens({ ...message, text }) });
    }
    await writeAll(account, index, entries);
    count += entries.length;
    if (isAll) return { count, isDone: true };
    if (!mayGoOn()) return { count, isDone: false };
  }
}

/** An entry that the database refuses is found by writing each alone, and stays without words; it never keeps the others out. */
async function writeAll(account: AccountRow, index: SearchIndexStore, entries: readonly SearchEntry[]): Promise<void> {
  if (entries.length === 0) return;
  try {
    await index.write(account.id, entries);
  } catch (error) {
    // Anything else: the mark stays, and the next turn tries again.
    if (!isRefused(error)) throw error;
    for (const entry of entries) await writeAlone(account, index, entry);
  }
}

async function writeAlone(account: AccountRow, index: SearchIndexStore, entry: SearchEntry): Promise<void> {
  try {
    await index.write(account.id, [entry]);
  } catch (error) {
    if (!isRefused(error)) throw error;
    await index.write(account.id, [{ ...entry, words: [] }]);
  }
}
