import type { Transaction } from 'sequelize';
import { MailError } from '../errors/mail-error';
import type { AccountId } from '../mail/ids';
import type { FolderRow } from '../ports/records';
import type { Depth, ReadContent } from '../ports/stores';
import type { ThreadRules } from '../threads/thread-keys';
import { transactionsOf } from './portions';
import { isRefusal } from './refusal';
import type { NativeIndex } from './search/native-index';
import { despiteIndex, searchIndexIfAny } from './search/search-index';
import { storeContents } from './store-contents';
import type { Tables } from './tables';

/** After an index that failed. */
const INDEX_RESTS_MS = 30_000;

type Write = <T>(account: AccountId, work: (tx: Transaction) => Promise<T>) => Promise<T>;

/** Stores what was read, with its words where the full-text index works. */
export class BatchWriter {
  private indexRestsUntil = 0;

  constructor(
    private readonly tables: Tables,
    private readonly rules: ThreadRules,
    /** Runs a transaction under the right to write for the account. */
    private readonly write: Write,
  ) {}

  /** As `MessageStore.store`. */
  async store(folder: FolderRow, read: readonly ReadContent[], depth: Depth): Promise<boolean> {
    const { sequelize } = this.tables.messages.db;
    const isToIndex = depth === 'full' && Date.now() >= this.indexRestsUntil;
    // Before the transaction: SQLite has one writer.
    const index = isToIndex ? await searchIndexIfAny(this.tables) : null;
    let isIndexed = true;
    try {
      for (const some of depth === 'full' ? transactionsOf(read, sequelize.getDialect()) : [read])
        isIndexed = (await this.storeSome(folder, some, depth, index)) && isIndexed;
      return isIndexed;
    } catch (error) {
      throw isRefusal(error) ? new MailError('EMAIL_MESSAGE_UNREADABLE', { cause: error }) : error;
    }
  }

  /** Without the index what is stored is marked for it. */
  private storeSome(
    folder: FolderRow,
    read: readonly ReadContent[],
    depth: Depth,
    index: NativeIndex | null,
  ): Promise<boolean> {
    const { tables, rules, write } = this;
    return despiteIndex(index, async (used) => {
      const isIndexed = await write(folder.accountId, (tx) =>
        storeContents({ tables, index: used, folder, depth, rules, tx }, read),
      );
      // It was the index. Whoever indexes what is marked says so in the log; the next mails are not written twice for it.
      if (index && !used) this.indexRestsUntil = Date.now() + INDEX_RESTS_MS;
      return isIndexed;
    });
  }
}
