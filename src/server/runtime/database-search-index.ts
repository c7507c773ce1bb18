import { Op, type Transaction } from 'sequelize';
import { MailError } from '../errors/mail-error';
import { USUAL_LENGTH } from '../mail/address';
import type { AccountId, MessageId } from '../mail/ids';
import type { MessageRow } from '../ports/records';
import type { SearchEntry, SearchIndexStore, StaleMessage, StaleMessages } from '../ports/search';
import { LONGEST_TEXT } from '../search/content-of';
import { changingAccount, whileLinked, type Claim } from './live-account';
import { transactionsOf } from './portions';
import { isRefusal } from './refusal';
import type { NativeIndex } from './search/native-index';
import { beginning, searchIndex } from './search/search-index';
import { writeEntries } from './search/write-entries';
import type { Tables } from './tables';

const MARKED_AT_ONCE = 2_000;
/** Texts read by one statement, and characters of all that are held at a time; one portion more at most. */
const READ_AT_ONCE = 50;
const MOST_CHARACTERS = 4_000_000;
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

  async stale(account: AccountId, limit: number, headsBefore: number): Promise<StaleMessages> {
    const isDue = { [Op.or]: [{ isComplete: true }, { createdAt: { [Op.lt]: new Date(headsBefore) } }] };
    const where = { accountId: account, needsIndex: true, ...isDue };
    const rows = await this.tables.messages.find(where, { attributes: HEAD, order: [['sentAt', 'DESC']], limit });
    const messages: StaleMessage[] = [];
    let characters = 0;
    for (let at = 0; at < rows.length && characters < MOST_CHARACTERS; at += READ_AT_ONCE) {
      const some = await this.withTexts(account, rows.slice(at, at + READ_AT_ONCE));
      messages.push(...some);
      characters += some.reduce((sum, one) => sum + charactersOf(one), 0);
    }
    return { messages, isAll: rows.length < limit && messages.length === rows.length };
  }

  private async withTexts(account: AccountId, rows: readonly MessageRow[]): Promise<StaleMessage[]> {
    const { messages, attachments } = this.tables;
    const ids = { [Op.in]: rows.map(({ id }) => id) };
    const files = await attachments.find(
      { accountId: account, messageId: ids },
      { attributes: ['messageId', 'filename'] },
    );
    const texts = await messages.find({ id: ids }, { attributes: ['id', beginning(messages, 'text', LONGEST_TEXT)] });
    const textOf = new Map(texts.map(({ id, text }) => [id, text]));
    const html = await this.htmlOf(texts);
    return rows.map((row) => ({
      id: row.id,
      subject: row.subject ?? '',
      from: row.from ? [row.from] : [],
      to: [...(row.to ?? []), ...(row.cc ?? []), ...(row.bcc ?? [])],
      files: files.filter(({ messageId }) => messageId === row.id).map(({ filename }) => filename ?? ''),
      text: textOf.get(row.id) ?? null,
      html: html.get(row.id) ?? null,
      hasAttachments: Boolean(row.hasAttachments),
      sentAt: row.sentAt,
    }));
  }

  /** HTML is long; it is read only where there is no text. */
  private async htmlOf(rows: readonly Pick<MessageRow, 'id' | 'text'>[]): Promise<Map<MessageId, string>> {
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
      for (const some of transactionsOf(entries, tables.messages.db.sequelize.getDialect()))
        await whileLinked(tables, account, (tx) => this.replace(index, account, some, tx), this.claim);
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
    const { messages } = this.tables;
    const ids = { [Op.in]: entries.map(({ id }) => id) };
    // Read here: what was removed meanwhile, or belongs to somebody else, gets no entry.
    const where = { id: ids, accountId: account };
    const owners = await messages.find(where, { attributes: ['id', 'userId'], transaction: tx });
    const userOf = new Map(owners.map(({ id, userId }) => [id, userId]));
    const rows = entries.flatMap((entry) => {
      const userId = userOf.get(entry.id);
      return userId === undefined ? [] : [{ ...entry, accountId: account, userId }];
    });
    await writeEntries(this.tables, index, rows, { fresh: new Set(), tx });
    await messages.update({ needsIndex: false }, where, tx);
  }
}

const charactersOf = ({ text, html, to, files }: StaleMessage): number =>
  (text?.length ?? 0) + (html?.length ?? 0) + (to.length + files.length) * USUAL_LENGTH;
