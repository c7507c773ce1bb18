import { Op, type Transaction, type WhereOptions } from 'sequelize';
import { MailError } from '../errors/mail-error';
import type { FlagChange } from '../mail/flags';
import type { FolderRole } from '../mail/folder-role';
import type { AccountId, FolderId, MessageId, RemoteId } from '../mail/ids';
import { remoteId } from '../mail/ids';
import type { AccountRow, FolderRow, PlacementRow } from '../ports/records';
import type { FolderSlice, RemoteFolder } from '../ports/session';
import type {
  Depth,
  FolderMark,
  LocalState,
  LookOutcome,
  MessageStore,
  Operation,
  ReadContent,
  ShallowPlacement,
  SlicePlan,
} from '../ports/stores';
import { THREAD_RULES, type ThreadRules } from '../threads/thread-keys';
import { adoptFolder, areAsListed, dropGoneFolders, inOrder, saveFolderRows } from './folder-rows';
import { whileLinked, type Claim } from './live-account';
import { changedFolders, countFolder, removePlacements } from './folder-counts';
import {
  settleEraseRows,
  settleFlagRows,
  settleMoveRows,
  undoFlagRows,
  undoMoveRows,
  waitingOperations,
} from './operation-rows';
import { isRefusal } from './refusal';
import { threadedEarlier, writeRethread } from './rethread';
import { planRethread } from './rethread-plan';
import { removeEntries, searchIndexIfAny } from './search/search-index';
import { applySlice, knownStates } from './slice-rows';
import { storeContents } from './store-contents';
import type { Tables } from './tables';

const CHUNK = 500;
const FOLDERS_AT_ONCE = 50;

const lackingOf = (depth: Depth): { messageId: null } | { needsBody: true } =>
  depth === 'head' ? { messageId: null } : { needsBody: true };

/** Not “other than”: that would look at the whole folder, these are two ends of an index. */
const pastOf = ({ id, epoch }: FolderRow): WhereOptions<PlacementRow> => ({
  folderId: id,
  uidValidity: { [Op.or]: [{ [Op.lt]: epoch ?? '' }, { [Op.gt]: epoch ?? '' }] },
});

/** The local copy in the application's database. `claim` is the lease under which a worker writes, `rules` say what makes a conversation. */
export class DatabaseMessageStore implements MessageStore {
  constructor(
    private readonly tables: Tables,
    private readonly claim: Claim | null = null,
    private readonly rules: ThreadRules = THREAD_RULES,
  ) {}

  private write<T>(account: AccountId, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return whileLinked(this.tables, account, work, this.claim);
  }

  folders(account: AccountId): Promise<FolderRow[]> {
    return this.tables.folders.find({ accountId: account, isGone: false });
  }

  async saveFolders(account: AccountRow, remote: readonly RemoteFolder[]): Promise<FolderRow[]> {
    const known = await this.tables.folders.find({ accountId: account.id });
    if (areAsListed(known, remote)) return inOrder(known);
    return this.write(account.id, (tx) => saveFolderRows(this.tables, account, remote, tx));
  }

  async dropGone(account: AccountRow): Promise<void> {
    const gone = { accountId: account.id, isGone: true };
    if ((await this.tables.folders.first(gone, { attributes: ['id'] })) === null) return;
    await this.write(account.id, (tx) => dropGoneFolders(this.tables, account, tx));
  }

  adopt(folder: FolderRow, objectId: string): Promise<FolderRow | null> {
    return this.write(folder.accountId, (tx) => adoptFolder(this.tables, folder, objectId, tx));
  }

  begin(folder: FolderRow, epoch: string, objectId: string | null, isReborn: boolean): Promise<FolderRow> {
    const fresh = { epoch, objectId, cursor: null, departed: 0, scannedAt: null, listedSince: null, unreadGap: null };
    return this.write(folder.accountId, async (tx) => {
      if (isReborn) await removePlacements(this.tables, { folderId: folder.id }, tx);
      await this.tables.folders.update({ ...fresh, needsCount: true }, { id: folder.id }, tx);
      return { ...folder, ...fresh };
    });
  }

  async dropPast(folders: readonly FolderRow[]): Promise<void> {
    for (let at = 0; at < folders.length; at += FOLDERS_AT_ONCE) {
      const some = folders.slice(at, at + FOLDERS_AT_ONCE);
      // Asked first: nearly always there is nothing.
      const past = await this.tables.placements.totals('folderId', { [Op.or]: some.map(pastOf) });
      for (const folder of some.filter(({ id }) => past.has(String(id))))
        await this.write(folder.accountId, async (tx) => {
          await removePlacements(this.tables, pastOf(folder), tx);
          await changedFolders(this.tables, [folder.id], tx);
        });
    }
  }

  known(folder: FolderRow, slice: FolderSlice): Promise<ReadonlyMap<RemoteId, LocalState>> {
    return knownStates(this.tables, folder, slice);
  }

  apply(folder: FolderRow, plan: SlicePlan, { cursor, through }: FolderMark): Promise<void> {
    const mark = {
      ...(cursor === null ? {} : { cursor, departed: 0 }),
      ...(through === null ? {} : { scannedAt: through.at, listedSince: through.since }),
    };
    return this.write(folder.accountId, async (tx) => {
      await applySlice(this.tables, folder, plan, tx);
      const isChanged = plan.list.length + plan.forget.length + plan.setFlags.length > 0;
      if (isChanged) await changedFolders(this.tables, [folder.id], tx);
      if (Object.keys(mark).length > 0) await this.tables.folders.update(mark, { id: folder.id }, tx);
    });
  }

  async finishLooks(account: AccountId, looks: readonly LookOutcome[], now: number): Promise<void> {
    if (looks.length === 0) return;
    const cells = looks.map(({ folder, unreadGap, objectId }) => {
      const values = { unreadGap, objectId, lastSyncAt: now, errorCode: null };
      return [folder.id, values] as const;
    });
    await this.write(account, (tx) => this.tables.folders.updateEach(new Map(cells), tx));
  }

  async recount(account: AccountId): Promise<boolean> {
    const due = await this.tables.folders.find({ accountId: account, needsCount: true }, { attributes: ['id'] });
    for (const { id } of due) await this.write(account, (tx) => countFolder(this.tables, id, tx));
    return due.length > 0;
  }

  async wishes(account: AccountId): Promise<ReadonlySet<FolderId>> {
    const wished = await this.tables.placements.totals('folderId', { accountId: account, hasIntent: true });
    return new Set([...wished.keys()].map((id) => Number(id) as FolderId));
  }

  async lacks(account: AccountId, depth: Depth): Promise<boolean> {
    const one = await this.tables.placements.first({ accountId: account, ...lackingOf(depth) }, { attributes: ['id'] });
    return one !== null;
  }

  async shallow(folder: FolderRow, lacking: Depth, limit: number): Promise<ShallowPlacement[]> {
    const order: [string, string][] = [
      ['attempts', 'ASC'],
      ['receivedAt', 'DESC'],
    ];
    const where = { folderId: folder.id, uidValidity: folder.epoch ?? '', ...lackingOf(lacking) };
    const rows = await this.tables.placements.find(where, { order, limit });
    return rows.map(asShallow);
  }

  async store(folder: FolderRow, read: readonly ReadContent[], depth: Depth): Promise<void> {
    try {
      await this.write(folder.accountId, (tx) => storeContents(this.tables, folder, read, depth, this.rules, tx));
    } catch (error) {
      throw isRefusal(error) ? new MailError('EMAIL_MESSAGE_UNREADABLE', { cause: error }) : error;
    }
  }

  forgetAttempts(account: AccountId, attempts: number): Promise<number> {
    const again = { messageId: null, threadId: null, attempts: 0 };
    const givenUp = { accountId: account, attempts: { [Op.gte]: attempts } };
    return this.write(account, async (tx) => {
      const { messages, placements } = this.tables;
      const unreadable = { accountId: account, errorCode: 'EMAIL_MESSAGE_UNREADABLE' as const };
      const some = await messages.find(unreadable, { attributes: ['id'], limit: CHUNK, transaction: tx });
      const tried = { messageId: { [Op.in]: some.map(({ id }) => id) }, attempts: { [Op.lt]: attempts } };
      if (some.length > 0) await placements.update({ needsBody: true }, tried, tx);
      return placements.update(again, givenUp, tx);
    });
  }

  async countAttempts(account: AccountId, ids: readonly number[], by: 1 | -1): Promise<void> {
    if (ids.length === 0) return;
    const { placements } = this.tables;
    const attempts = placements.db.sequelize.literal(`${placements.quotedColumn('attempts')} + ${by}`);
    await this.write(account, (tx) => placements.update({ attempts }, { id: { [Op.in]: [...ids] } }, tx));
  }

  async sweep(account: AccountRow, olderThan: number): Promise<number> {
    const { messages, placements } = this.tables;
    let swept = 0;
    for (let after = 0 as MessageId; ;) {
      const where = { accountId: account.id, id: { [Op.gt]: after } };
      const some = await messages.find(where, {
        attributes: ['id', 'createdAt'],
        order: [['id', 'ASC']],
        limit: CHUNK,
      });
      if (some.length === 0) return swept;
      after = (some.at(-1) as { id: MessageId }).id;
      const ids = some.map(({ id }) => id);
      const placed = await placements.find({ messageId: { [Op.in]: ids } }, { attributes: ['messageId'] });
      const kept = new Set(placed.map((row) => row.messageId));
      const isOld = (row: { createdAt?: Date }): boolean => Number(row.createdAt) < olderThan;
      const orphans = some.filter((row) => !kept.has(row.id) && isOld(row as { createdAt?: Date }));
      if (orphans.length > 0)
        swept += await this.removeMessages(
          account.id,
          orphans.map(({ id }) => id),
        );
    }
  }

  private async removeMessages(account: AccountId, ids: readonly MessageId[]): Promise<number> {
    const { messages, attachments, threads, threadKeys } = this.tables;
    const index = await searchIndexIfAny(this.tables);
    return this.write(account, async (tx) => {
      const going = { id: { [Op.in]: [...ids] } };
      const rows = await messages.find(going, { attributes: ['threadId'], transaction: tx });
      await attachments.remove({ messageId: { [Op.in]: [...ids] } }, tx);
      await removeEntries(this.tables, index, { ids }, tx);
      const removed = await messages.remove(going, tx);
      // A conversation without messages goes too; what answers it later begins a new one.
      for (const threadId of new Set(rows.flatMap((row) => row.threadId ?? []))) {
        if ((await messages.first({ threadId }, { attributes: ['id'], transaction: tx })) !== null) continue;
        await threadKeys.remove({ accountId: account, threadId }, tx);
        await threads.remove({ accountId: account, id: threadId }, tx);
      }
      return removed;
    });
  }

  threadedEarlier(account: AccountId, after: MessageId, limit: number): Promise<MessageId[]> {
    return threadedEarlier(this.tables, account, this.rules.version, after, limit);
  }

  async rethread(account: AccountId, messages: readonly MessageId[]): Promise<void> {
    const plan = await planRethread(this.tables, account, messages, this.rules);
    if (plan) await this.write(account, (tx) => writeRethread(this.tables, account, plan, tx));
  }

  operations(
    account: AccountId,
    limit: number,
    after: number,
  ): Promise<{ operations: Operation[]; last: number | null }> {
    return waitingOperations(this.tables, account, limit, after);
  }

  settleFlags(folder: FolderRow, ids: readonly number[], change: FlagChange): Promise<void> {
    return this.write(folder.accountId, (tx) => settleFlagRows(this.tables, folder, ids, change, tx));
  }

  settleMove(
    target: FolderRow,
    moved: readonly { readonly placementId: number; readonly to: RemoteId | null }[],
  ): Promise<void> {
    return this.write(target.accountId, (tx) => settleMoveRows(this.tables, target, moved, tx));
  }

  async settleErase(account: AccountId, ids: readonly number[]): Promise<void> {
    if (ids.length > 0) await this.write(account, (tx) => settleEraseRows(this.tables, ids, tx));
  }

  undoMove(account: AccountId, ids: readonly number[], to: FolderId | null): Promise<void> {
    return this.write(account, (tx) => undoMoveRows(this.tables, ids, to, tx));
  }

  undoFlags(account: AccountId, ids: readonly number[]): Promise<void> {
    return this.write(account, (tx) => undoFlagRows(this.tables, ids, tx));
  }

  folderOfRole(account: AccountId, role: FolderRole): Promise<FolderRow | null> {
    return this.tables.folders.first({ accountId: account, role, isSelectable: true, isGone: false });
  }

  folderById(account: AccountId, id: FolderId): Promise<FolderRow | null> {
    return this.tables.folders.first({ accountId: account, id });
  }

  markFolder({ id, accountId }: FolderRow, errorCode: FolderRow['errorCode'], at: number): Promise<void> {
    const mark = { errorCode, errorAt: at };
    return this.write(accountId, async (tx) => void (await this.tables.folders.update(mark, { id }, tx)));
  }
}

function asShallow(row: PlacementRow): ShallowPlacement {
  const { id, emailId, receivedAt, sizeBytes, attempts, messageId } = row;
  return {
    placementId: id,
    id: remoteId(row.uidValidity, row.uid),
    emailId,
    receivedAt,
    sizeBytes,
    attempts,
    messageId,
  };
}
