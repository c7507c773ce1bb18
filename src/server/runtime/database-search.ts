import { Op, QueryTypes } from 'sequelize';
import type { WireThread, WireThreadPage } from '../../shared/wire';
import { MailError } from '../errors/mail-error';
import type { FolderId, MessageId, ThreadId, UserId } from '../mail/ids';
import type { FolderRow, PlacementRow } from '../ports/records';
import { chooseFolders } from '../search/choose-folders';
import { excerptOf, marksIn } from '../search/excerpt';
import type { SearchQuery } from '../search/parse-query';
import { maybeIndex } from './refusal';
import { beginning, entryNames, forgetIndex, searchIndex } from './search/search-index';
import { positionOf, type Position } from './thread-pages';
import { shownFlags, threadSummaries, type PlacedThread } from './thread-summaries';
import type { Tables } from './tables';

/** Entries looked at in one step, and steps until a page is given even when it is not full. */
const STEP = 200;
const MOST_STEPS = 50;
/** Characters of a text in which the first word that was found is looked for. */
const EXCERPT_OF = 20_000;

interface Found {
  readonly id: MessageId;
  readonly sentAt: number;
}

/** A conversation with the place of its newest message that was found. */
interface Result extends PlacedThread {
  readonly messageId: MessageId;
  readonly at: Position;
}

/** Searching for people: everything starts from the user, as in the mailbox. */
export class DatabaseSearch {
  constructor(private readonly tables: Tables) {}

  /**
   * A page of conversations with a message that the query describes, each at the place of its newest such message. A conversation that
   * was on a page before may come again with an older message of its.
   * @param before `nextBefore` of the page before; null for the first
   * @throws MailError `EMAIL_SEARCH_FOLDER`, `EMAIL_INVALID_INPUT`; `EMAIL_SEARCH_UNAVAILABLE` when it is the index that does not answer
   */
  async threads(user: UserId, query: SearchQuery, before: string | null, limit: number): Promise<WireThreadPage> {
    try {
      return await this.pageOf(user, query, before, limit);
    } catch (error) {
      if (query.terms.length === 0 || !maybeIndex(error)) throw error;
      forgetIndex(this.tables);
      throw new MailError('EMAIL_SEARCH_UNAVAILABLE', { cause: error });
    }
  }

  private async pageOf(
    user: UserId,
    query: SearchQuery,
    before: string | null,
    limit: number,
  ): Promise<WireThreadPage> {
    let position = before === null ? null : positionOf(before);
    const all = await this.tables.folders.find({ userId: user, isGone: false });
    const folders = new Map(chooseFolders(query.folders, all).map((folder) => [folder.id, folder]));
    const where = await this.conditions(user, query, folders);
    const page = new Map<ThreadId, Result>();
    let isMore = folders.size > 0;
    for (let step = 0; step < MOST_STEPS && isMore && page.size <= limit; step += 1) {
      const entries = await this.entries(where, position);
      addResults(page, entries, await this.places(user, query, folders, entries), folders);
      const last = entries.at(-1);
      isMore = entries.length === STEP;
      if (last) position = { time: last.sentAt, id: last.id };
    }
    const shown = await this.inInbox(user, [...page.values()].slice(0, limit), folders);
    const next = page.size > limit ? (shown.at(-1)?.at ?? null) : isMore ? position : null;
    return { threads: await this.lines(user, query, shown), nextBefore: next && `${next.time}-${next.id}` };
  }

  /** Of a conversation in which only the reader's own words were found, what lies in the inbox is what can be done with it. */
  private async inInbox(
    user: UserId,
    shown: readonly Result[],
    folders: ReadonlyMap<FolderId, FolderRow>,
  ): Promise<Result[]> {
    const own = shown.filter(({ folder }) => folder.role === 'sent').map(({ id }) => id);
    const inboxes = [...folders.values()].filter(({ role }) => role === 'inbox').map(({ id }) => id);
    if (own.length === 0 || inboxes.length === 0) return [...shown];
    const where = { userId: user, threadId: { [Op.in]: own }, shownFolderId: { [Op.in]: inboxes } };
    const rows = await this.tables.placements.find(where, { attributes: ['threadId', 'shownFolderId'] });
    const inboxOf = new Map(
      rows.map(({ threadId, shownFolderId }) => [threadId, folders.get(shownFolderId as FolderId)]),
    );
    return shown.map((result) => ({ ...result, folder: inboxOf.get(result.id) ?? result.folder }));
  }

  /** Lines of the list, with the words that were found in their surroundings. */
  private async lines(user: UserId, { terms }: SearchQuery, shown: readonly Result[]): Promise<WireThread[]> {
    const lines = await threadSummaries(this.tables, user, shown);
    const ids = shown.map(({ messageId }) => messageId);
    const texts = new Map(
      (
        await this.tables.messages.find(
          { userId: user, id: { [Op.in]: ids } },
          { attributes: ['id', beginning(this.tables.messages, 'text', EXCERPT_OF)] },
        )
      ).map(({ id, text }) => [id, text ?? '']),
    );
    return lines.map((line, at) => {
      const excerpt = excerptOf(texts.get(shown[at].messageId) ?? '', terms);
      const snippet = excerpt ?? { text: line.snippet, marks: marksIn(line.snippet, terms) };
      return {
        ...line,
        snippet: snippet.text,
        marks: { subject: marksIn(line.subject, terms), snippet: snippet.marks },
      };
    });
  }

  /** What holds of an entry, as SQL of numbers and of the words that the tokenizer made. */
  private async conditions(
    user: UserId,
    { terms, before, after, isUnread, isStarred, folders: wishes, labels }: SearchQuery,
    folders: ReadonlyMap<FolderId, FolderRow>,
  ): Promise<string[]> {
    const names = entryNames(this.tables);
    const conditions = [`${names.userId} = ${Math.trunc(Number(user))}`];
    if (terms.length > 0) conditions.push((await searchIndex(this.tables)).condition(terms));
    if (before !== null) conditions.push(`${names.sentAt} < ${Math.trunc(before)}`);
    if (after !== null) conditions.push(`${names.sentAt} >= ${Math.trunc(after)}`);
    // The placements decide in any case (`places`); here they only keep the walk short.
    const isNarrow =
      wishes.length > 0 || isUnread !== null || isStarred === true || labels.some((one) => !one.isNegated);
    if (isNarrow && folders.size > 0)
      conditions.push(this.placed({ isUnread, isStarred, labels }, [...folders.keys()]));
    return conditions;
  }

  private placed(
    { isUnread, isStarred, labels }: Pick<SearchQuery, 'isUnread' | 'isStarred' | 'labels'>,
    folders: readonly FolderId[],
  ): string {
    const { placements, searchEntries } = this.tables;
    const { sequelize } = placements.db;
    const text = sequelize.getDialect() === 'postgres' ? 'text' : 'char';
    const table = placements.db.getCollection(placements.name).quotedTableName() as string;
    const conditions = [
      `p.${placements.quotedColumn('messageId')} = e.${searchEntries.quotedColumn('id')}`,
      `p.${placements.quotedColumn('shownFolderId')} IN (${folders.map((id) => Math.trunc(Number(id))).join()})`,
    ];
    if (isUnread !== null)
      conditions.push(`p.${placements.quotedColumn('isSeen')} = ${sequelize.escape(!isUnread as never)}`);
    // Rough, to keep the walk short; a keyword of other characters may be written in more than one way in JSON.
    const asked = labels.filter(({ name, isNegated }) => !isNegated && /^[a-z0-9$-]+$/.test(name));
    for (const flag of [...(isStarred === true ? ['flagged'] : []), ...asked.map(({ name }) => name)]) {
      const holds = (column: string): string =>
        `LOWER(CAST(p.${placements.quotedColumn(column)} AS ${text})) LIKE '%${flag}"%'`;
      conditions.push(`(${holds('flags')} OR ${holds('intent')})`);
    }
    return `EXISTS (SELECT 1 FROM ${table} p WHERE ${conditions.join(' AND ')})`;
  }

  private async entries(where: readonly string[], position: Position | null): Promise<Found[]> {
    const { db } = this.tables.searchEntries;
    const { table, id, sentAt } = entryNames(this.tables);
    const below = position
      ? [`${sentAt} <= ${position.time}`, `(${sentAt} < ${position.time} OR ${id} < ${position.id})`]
      : [];
    const rows = await db.sequelize.query<{ id: string | number; sentAt: string | number }>(
      `SELECT e.${id} AS ${db.sequelize.getQueryInterface().quoteIdentifier('id')}, ` +
        `e.${sentAt} AS ${db.sequelize.getQueryInterface().quoteIdentifier('sentAt')} FROM ${table} e ` +
        `WHERE ${[...where, ...below].join(' AND ')} ORDER BY e.${sentAt} DESC, e.${id} DESC LIMIT ${STEP}`,
      { type: QueryTypes.SELECT, logging: false, raw: true },
    );
    return rows.map((row) => ({ id: Number(row.id) as MessageId, sentAt: Number(row.sentAt) }));
  }

  /** Where each of some messages lies in the folders of the query, in the state it asks for. */
  private async places(
    user: UserId,
    query: SearchQuery,
    folders: ReadonlyMap<FolderId, FolderRow>,
    entries: readonly Found[],
  ): Promise<Map<MessageId, PlacementRow>> {
    if (entries.length === 0) return new Map();
    const rows = await this.tables.placements.find(
      {
        userId: user,
        messageId: { [Op.in]: entries.map(({ id }) => id) },
        shownFolderId: { [Op.in]: [...folders.keys()] },
        threadId: { [Op.ne]: null },
      },
      { attributes: ['id', 'messageId', 'threadId', 'shownFolderId', 'isSeen', 'flags', 'intent'] },
    );
    const places = new Map<MessageId, PlacementRow>();
    for (const row of rows.filter((one) => fits(one, query))) {
      const known = places.get(row.messageId as MessageId);
      // The inbox, if it lies there too.
      if (!known || folders.get(row.shownFolderId as FolderId)?.role === 'inbox')
        places.set(row.messageId as MessageId, row);
    }
    return places;
  }
}

function addResults(
  page: Map<ThreadId, Result>,
  entries: readonly Found[],
  places: ReadonlyMap<MessageId, PlacementRow>,
  folders: ReadonlyMap<FolderId, FolderRow>,
): void {
  for (const { id, sentAt } of entries) {
    const placement = places.get(id);
    const folder = placement && folders.get(placement.shownFolderId as FolderId);
    const thread = placement?.threadId;
    if (!folder || !thread || page.has(thread)) continue;
    page.set(thread, { id: thread, lastAt: sentAt, folder, messageId: id, at: { time: sentAt, id } });
  }
}

function fits(row: PlacementRow, { isUnread, isStarred, labels }: SearchQuery): boolean {
  const flags = new Set([...shownFlags(row)].map((flag) => flag.toLowerCase()));
  return (
    (isUnread === null || Boolean(row.isSeen) !== isUnread) &&
    (isStarred === null || flags.has('\\flagged') === isStarred) &&
    labels.every(({ name, isNegated }) => flags.has(name) !== isNegated)
  );
}
