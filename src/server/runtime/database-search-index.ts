import { Op } from 'sequelize';
import type { AccountId, MessageId } from '../mail/ids';
import { htmlToText } from '../messages/snippet';
import type { MessageRow } from '../ports/records';
import type { SearchEntry, SearchIndexStore, StaleMessage } from '../ports/search';
import { whileLinked, type Claim } from './live-account';
import type { EntryRow } from './search/native-index';
import { removeEntries, runIn, searchIndex } from './search/search-index';
import type { Tables } from './tables';

/** Characters of words in one statement; MariaDB takes 16 MB by default. */
const LONGEST_STATEMENT = 2_000_000;

/** The full-text index in the application's database. `claim` is the lease under which a worker writes. */
export class DatabaseSearchIndex implements SearchIndexStore {
  constructor(
    private readonly tables: Tables,
    private readonly claim: Claim,
  ) {}

  async adoptVersion(account: AccountId, version: number): Promise<void> {
    const { accounts, messages } = this.tables;
    const row = await accounts.first({ id: account }, { attributes: ['searchVersion'] });
    if (!row || row.searchVersion === version) return;
    await whileLinked(
      this.tables,
      account,
      async (tx) => {
        await messages.update({ needsIndex: true }, { accountId: account, needsIndex: { [Op.not]: true } }, tx);
        await accounts.update({ searchVersion: version }, { id: account }, tx);
      },
      this.claim,
    );
  }

  async stale(account: AccountId, limit: number): Promise<StaleMessage[]> {
    const { messages, attachments } = this.tables;
    const rows = await messages.find(
      { accountId: account, needsIndex: true },
      {
        attributes: ['id', 'subject', 'from', 'to', 'cc', 'bcc', 'text', 'sentAt', 'hasAttachments'],
        order: [['sentAt', 'DESC']],
        limit,
      },
    );
    if (rows.length === 0) return [];
    const files = await attachments.find(
      { messageId: { [Op.in]: rows.map(({ id }) => id) } },
      { attributes: ['messageId', 'filename'] },
    );
    const html = await this.htmlOf(rows);
    return rows.map((row) => ({
      id: row.id,
      subject: row.subject ?? '',
      from: row.from ? [row.from] : [],
      to: [...(row.to ?? []), ...(row.cc ?? []), ...(row.bcc ?? [])],
      files: files.filter(({ messageId }) => messageId === row.id).map(({ filename }) => filename ?? ''),
      text: row.text ?? htmlToText(html.get(row.id) ?? ''),
      hasAttachments: Boolean(row.hasAttachments),
      sentAt: row.sentAt,
    }));
  }

  /** HTML is long; it is read only where there is no text. */
  private async htmlOf(rows: readonly MessageRow[]): Promise<Map<MessageId, string>> {
    const textless = rows.filter(({ text }) => text === null).map(({ id }) => id);
    if (textless.length === 0) return new Map();
    const found = await this.tables.messages.find({ id: { [Op.in]: textless } }, { attributes: ['id', 'html'] });
    return new Map(found.map(({ id, html }) => [id, html ?? '']));
  }

  async write(account: AccountId, entries: readonly SearchEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const { tables } = this;
    const index = await searchIndex(tables);
    await whileLinked(
      tables,
      account,
      async (tx) => {
        const ids = entries.map(({ id }) => id);
        // Read here: what was removed meanwhile, or belongs to somebody else, gets no entry.
        const where = { id: { [Op.in]: ids }, accountId: account };
        const owners = await tables.messages.find(where, { attributes: ['id', 'userId'], transaction: tx });
        const userOf = new Map(owners.map(({ id, userId }) => [id, userId]));
        const rows = entries.flatMap((entry) => {
          const userId = userOf.get(entry.id);
          return userId === undefined ? [] : [{ ...entry, accountId: account, userId }];
        });
        await removeEntries(tables, index, { ids }, tx);
        for (const some of bySize(rows)) await index.insert(runIn(tables, tx), some);
        await tables.messages.update({ needsIndex: false }, where, tx);
      },
      this.claim,
    );
  }
}

/** Rows in portions of bearable length. */
function* bySize(rows: readonly EntryRow[]): Generator<EntryRow[]> {
  let some: EntryRow[] = [];
  let length = 0;
  for (const row of rows) {
    const mine = row.words.reduce((sum, word) => sum + word.length + 1, 0);
    if (some.length > 0 && length + mine > LONGEST_STATEMENT) {
      yield some;
      [some, length] = [[], 0];
    }
    some.push(row);
    length += mine;
  }
  if (some.length > 0) yield some;
}
