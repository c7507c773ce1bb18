import { asMailError } from '../errors/mail-error';
import type { AccountRow } from '../ports/records';
import type { SearchEntry, SearchIndexStore } from '../ports/search';
import { INDEX_VERSION, indexTokens } from '../search/index-tokens';

/** Messages indexed in one transaction. */
const BATCH = 50;

/**
 * Brings the full-text index in line with the messages, newest first, until nothing is left or `mayGoOn` says that something else is due;
 * one batch in any case. Whatever ends it in the middle, the rest is found again by its mark.
 * @returns false when there is more
 */
export async function indexSome(
  account: AccountRow,
  index: SearchIndexStore,
  mayGoOn: () => boolean,
): Promise<boolean> {
  await index.adoptVersion(account.id, INDEX_VERSION);
  for (;;) {
    const stale = await index.stale(account.id, BATCH);
    if (stale.length === 0) return true;
    const entries = stale.map((message) => ({
      id: message.id,
      sentAt: message.sentAt,
      words: indexTokens(message),
    }));
    await writeAll(account, index, entries);
    if (stale.length < BATCH) return true;
    if (!mayGoOn()) return false;
  }
}

/** An entry that the database refuses is found by writing each alone, and stays without words; it never keeps the others out. */
async function writeAll(account: AccountRow, index: SearchIndexStore, entries: readonly SearchEntry[]): Promise<void> {
  try {
    await index.write(account.id, entries);
  } catch (error) {
    if (asMailError(error).kind !== 'unexpected') throw error;
    for (const entry of entries) {
      const isWritten = await index.write(account.id, [entry]).then(
        () => true,
        () => false,
      );
      if (!isWritten) await index.write(account.id, [{ ...entry, words: [] }]);
    }
  }
}
