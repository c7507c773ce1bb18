import { Op, type Transaction } from 'sequelize';
import { MailError } from '../errors/mail-error';
import type { AccountId, MessageId } from '../mail/ids';
import { htmlToText } from '../messages/snippet';
import type { MessageRow } from '../ports/records';
import type { SearchEntry, SearchIndexStore, StaleMessage } from '../ports/search';
import { changingAccount, whileLinked, type Claim } from './live-account';
import { portions } from './portions';
import { isRefusal } from './refusal';
import type { EntryRow, NativeIndex } from './search/native-index';
import { beginning, removeEntries, runIn, searchIndex } from './search/search-index';
import type { Tables } from './tables';

/** Of a text, in characters; more is not indexed. */
const LONGEST_TEXT = 200_000;
const MARKED_AT_ONCE = 2_000;
const HEAD = ['id', 'subject', 'from', 'to', 'cc', 'bcc', 'sentAt', 'hasAttachments'];

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
    // In portions: one statement over a large mailbox would keep every other writer waiting.
    for (let after = 0 as MessageId; ;) {
      const some = await messages.find(
        { accountId: account, id: { [Op.gt]: after } },
        { attributes: ['id'], order: [['id', 'ASC']], limit: MARKED_AT_ONCE },
      );
      const last = some.at(-1);
      if (!last) break;
      const portion = { accountId: account, id: { [Op.gt]: after, [Op.lte]: last.id } };
      await whileLinked(this.tables, account, (tx) => messages.update({ needsIndex: true }, portion, tx), this.claim);
      after = last.id;
    }
    await changingAccount(
      this.tables,
      account,
      (tx) => accounts.update({ searchVersion: version }, { id: account }, tx),
      this.claim,
    );
  }

  async stale(account: AccountId, limit: number): Promise<StaleMessage[]> {
    const { messages, attachments } = this.tables;
    const rows = await messages.find(
      { accountId: account, needsIndex: true },
      {
        attributes: [...HEAD, beginning(messages, 'text', LONGEST_TEXT)],
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
    const found = await this.tables.messages.find(
      { id: { [Op.in]: textless } },
      { attributes: ['id', beginning(this.tables.messages, 'html', LONGEST_TEXT)] },
    );
    return new Map(found.map(({ id, html }) => [id, html ?? '']));
  }

  async write(account: AccountId, entries: readonly SearchEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const { tables } = this;
    const index = await searchIndex(tables);
    try {
      await whileLinked(tables, account, (tx) => this.replace(index, account, entries, tx), this.claim);
    } catch (error) {
      throw isRefusal(error) ? new MailError('EMAIL_MESSAGE_UNREADABLE', { cause: error }) : error;
    }
  }

  private async replace(
    index: NativeIndex,
    account: AccountId,
    entries: readonly SearchEntry[],
    tx: Transaction,
  ): Promise<void> {
    const { messages, searchEntries } = this.tables;
    const ids = { [Op.in]: entries.map(({ id }) => id) };
    // Read here: what was removed meanwhile, or belongs to somebody else, gets no entry.
    const where = { id: ids, accountId: account };
    const owners = await messages.find(where, { attributes: ['id', 'userId'], transaction: tx });
    const userOf = new Map(owners.map(({ id, userId }) => [id, userId]));
    const rows = entries.flatMap((entry) => {
      const userId = userOf.get(entry.id);
      return userId === undefined ? [] : [{ ...entry, accountId: account, userId }];
    });
    // Only what is there: InnoDB locks the gap where a row to be deleted would be, and two accounts would wait for each other.
    const old = await searchEntries.find({ id: ids }, { attributes: ['id'], transaction: tx });
    await removeEntries(this.tables, index, { ids: old.map(({ id }) => id) }, tx);
    for (const some of portions(rows, lengthOf)) await index.insert(runIn(this.tables, tx), some);
    await messages.update({ needsIndex: false }, where, tx);
  }
}

const lengthOf = ({ words }: EntryRow): number => words.reduce((sum, word) => sum + word.length + 1, 0);
