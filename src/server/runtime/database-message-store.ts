import { Op, type Transaction, type WhereOptions } from 'sequelize';
import type { ErrorCode } from '../../shared/error-codes';
import type { FlagChange } from '../mail/flags';
import type { FolderRole } from '../mail/folder-role';
import type { AccountId, FolderId, MessageId, RemoteId } from '../mail/ids';
import type { AccountRow, FolderRow } from '../ports/records';
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
import {
  adoptFolder,
  areAsListed,
  dropGoneFolders,
  finishLookRows,
  inOrder,
  markFolderRow,
  saveFolderRows,
} from './folder-rows';
import { bequeath, goingFolders } from './bequeath';
import { changingAccount, whileLinked, type Claim } from './live-account';
import { clearFolder } from './clear-folder';
import { changedFolders, countFolder } from './folder-counts';
import {
  beginMoveRows,
  endMoveRows,
  settleEraseRows,
  settleFlagRows,
  settleMoveRows,
  settleStayRows,
  undoFlagRows,
  undoMoveRows,
  waitingOperations,
} from './operation-rows';
import { threadedEarlier, writeRethread } from './rethread';
import { dropPastRows } from './past-rows';
import { planRethread } from './rethread-plan';
import { asShallow, SHALLOW } from './shallow-rows';
import { clearReborn, outdateParked } from './reborn-folder';
import { applySlice, countUncounted, highestUid, knownStates, writeMark } from './slice-rows';
import { sweepContents, type Rest } from './sweep-contents';
import { BatchWriter } from './store-batches';
import type { Tx } from './table';
import type { Tables } from './tables';

const CHUNK = 500;
const FOLDERS_AT_ONCE = 50;

const lackingOf = (depth: Depth): { messageId: null } | { needsBody: true } =>
  depth === 'head' ? { messageId: null } : { needsBody: true };

/** The local copy in the application's database. `claim` is the lease under which a worker writes, `rules` say what makes a conversation. */
export class DatabaseMessageStore implements MessageStore {
  private readonly batches: BatchWriter;

  constructor(
    private readonly tables: Tables,
    private readonly claim: Claim | null = null,
    private readonly rules: ThreadRules = THREAD_RULES,
  ) {
    this.batches = new BatchWriter(tables, rules, (account, work) => this.write(account, work));
  }

  private write<T>(account: AccountId, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return whileLinked(this.tables, account, work, this.claim);
  }

  folders(account: AccountId): Promise<FolderRow[]> {
    return this.tables.folders.find({ accountId: account, isGone: false });
  }

  async saveFolders(
    account: AccountRow,
    remote: readonly RemoteFolder[],
    known: readonly FolderRow[],
  ): Promise<FolderRow[]> {
    if (areAsListed(known, remote)) return inOrder(known);
    return this.write(account.id, (tx) => saveFolderRows(this.tables, account, remote, tx));
  }

  async hasLooseEnds(account: AccountId): Promise<boolean> {
    const loose = [{ isGone: true }, { needsCount: true }];
    const where = { accountId: account, [Op.or]: loose } as WhereOptions<FolderRow>;
    return (await this.tables.folders.first(where, { attributes: ['id'] })) !== null;
  }

  async dropGone(account: AccountRow, seenBefore: ReadonlySet<FolderId>, now: number): Promise<void> {
    const going = await goingFolders(this.tables, account.id, seenBefore, now);
    if (going.length === 0) return;
    const write = (work: (tx: Transaction) => Promise<void>): Promise<void> => this.write(account.id, work);
    for (const folder of going) {
      const heirs = await bequeath(this.tables, folder, write);
      await clearFolder(this.tables, folder.id, { folderId: folder.id }, write, heirs);
    }
    const ids = going.map(({ id }) => id);
    await this.write(account.id, (tx) => dropGoneFolders(this.tables, ids, tx));
  }

  adopt(folder: FolderRow, objectId: string): Promise<FolderRow | null> {
    return this.write(folder.accountId, (tx) => adoptFolder(this.tables, folder, objectId, tx));
  }

  async begin(folder: FolderRow, epoch: string, objectId: string | null, isReborn: boolean): Promise<FolderRow> {
    const begun = { epoch, objectId, begunAt: Date.now() };
    const fresh = { ...begun, cursor: null, scannedAt: null, departed: 0, listedSince: null, unreadGap: null };
    if (isReborn) await clearReborn(this.tables, folder, (work) => this.write(folder.accountId, work));
    // Nothing was ever counted in a folder that is looked at for the first time, and whatever is moved into it marks it by itself.
    const count = folder.epoch === null ? {} : { needsCount: true };
    return this.write(folder.accountId, async (tx) => {
      if (folder.epoch !== null) await outdateParked(this.tables, folder, tx);
      await this.tables.folders.update({ ...fresh, ...count }, { id: folder.id }, tx);
      return { ...folder, ...fresh };
    });
  }

  async dropPast(folders: readonly FolderRow[], now: number): Promise<void> {
    for (let at = 0; at < folders.length; at += FOLDERS_AT_ONCE)
      await dropPastRows(this.tables, folders.slice(at, at + FOLDERS_AT_ONCE), now, (folder, work) =>
        this.write(folder.accountId, work),
      );
  }

  known(folder: FolderRow, slice: FolderSlice): Promise<ReadonlyMap<RemoteId, LocalState>> {
    return knownStates(this.tables, folder, slice);
  }

  uncounted(folder: FolderRow): Promise<number> {
    return countUncounted(this.tables, folder);
  }

  highestUid(folder: FolderRow): Promise<number | null> {
    return highestUid(this.tables, folder);
  }

  apply(folder: FolderRow, plan: SlicePlan, mark: FolderMark): Promise<void> {
    return this.write(folder.accountId, async (tx) => {
      await applySlice(this.tables, folder, plan, tx);
      const isChanged = plan.list.length + plan.forget.length + plan.setFlags.length > 0;
      if (isChanged) await changedFolders(this.tables, [folder.id], tx);
      await writeMark(this.tables, folder, mark, tx);
    });
  }

  async finishLooks(account: AccountId, looks: readonly LookOutcome[], now: number): Promise<void> {
    if (looks.length > 0) await this.write(account, (tx) => finishLookRows(this.tables, looks, now, tx));
  }

  async finishPass(account: AccountId, quiet: readonly LookOutcome[], now: number): Promise<void> {
    const work = async (tx: Transaction): Promise<void> => {
      await finishLookRows(this.tables, quiet, now, tx);
      await this.tables.accounts.update({ lastPassAt: now }, { id: account }, tx);
    };
    await (this.claim ? changingAccount(this.tables, account, work, this.claim) : this.write(account, work));
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
    const rows = await this.tables.placements.find(where, { attributes: SHALLOW, order, limit });
    return rows.map(asShallow);
  }

  store(folder: FolderRow, read: readonly ReadContent[], depth: Depth): Promise<boolean> {
    return this.batches.store(folder, read, depth);
  }

  async forgetAttempts(account: AccountId, attempts: number): Promise<number> {
    const { messages, placements } = this.tables;
    const again = { messageId: null, threadId: null, attempts: 0 };
    const givenUp = { accountId: account, attempts: { [Op.gte]: attempts } };
    const unreadable = { accountId: account, errorCode: 'EMAIL_MESSAGE_UNREADABLE' as const };
    // Asked first: nearly always there is nothing.
    const idAlone = { attributes: ['id'] };
    const found = [placements.first(givenUp, idAlone), messages.first(unreadable, idAlone)];
    if ((await Promise.all(found)).every((row) => row === null)) return 0;
    return this.write(account, async (tx) => {
      const some = await messages.find(unreadable, { attributes: ['id'], limit: CHUNK, transaction: tx });
      const tried = { messageId: { [Op.in]: some.map(({ id }) => id) }, attempts: { [Op.lt]: attempts } };
      if (some.length > 0) await placements.update({ needsBody: true }, tried, tx);
      return placements.update(again, givenUp, tx);
    });
  }

  async countAttempts(account: AccountId, ids: readonly number[], by: 1 | -1): Promise<void> {
    if (ids.length === 0) return;
    const { placements } = this.tables;
    const column = placements.quotedColumn('attempts');
    // Never below none: what is stored meanwhile was never tried.
    const sum = by > 0 ? `${column} + 1` : `CASE WHEN ${column} > 0 THEN ${column} - 1 ELSE 0 END`;
    const attempts = placements.db.sequelize.literal(sum);
    await this.write(account, (tx) => placements.update({ attempts }, { id: { [Op.in]: [...ids] } }, tx));
  }

  sweep(account: AccountRow, rest: Rest): Promise<number> {
    return sweepContents(this.tables, account.id, rest, (work) => this.write(account.id, work));
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

  beginMove(target: FolderRow, ids: readonly number[]): Promise<number[]> {
    return this.write(target.accountId, (tx) => beginMoveRows(this.tables, target, ids, tx));
  }

  endMove(account: AccountId, ids: readonly number[]): Promise<void> {
    return this.write(account, (tx) => endMoveRows(this.tables, ids, tx));
  }

  settleStay(account: AccountId, ids: readonly number[]): Promise<void> {
    return this.write(account, (tx) => settleStayRows(this.tables, ids, tx));
  }

  distrust(folder: FolderRow): Promise<void> {
    return this.write(folder.accountId, (tx) => this.compareNext(folder, tx));
  }

  private async compareNext({ id }: FolderRow, tx: Tx): Promise<void> {
    await this.tables.folders.update({ scannedAt: 0 }, { id, scannedAt: { [Op.ne]: null } }, tx);
  }

  settleFlags(folder: FolderRow, ids: readonly number[], change: FlagChange): Promise<void> {
    return this.write(folder.accountId, (tx) => settleFlagRows(this.tables, folder, ids, change, tx));
  }

  settleMove(
    target: FolderRow,
    moved: readonly { readonly placementId: number; readonly to: RemoteId | null }[],
  ): Promise<void> {
    return this.write(target.accountId, async (tx) => {
      if (!(await settleMoveRows(this.tables, target, moved, tx))) await this.compareNext(target, tx);
    });
  }

  async settleErase(account: AccountId, ids: readonly number[]): Promise<void> {
    if (ids.length > 0) await this.write(account, (tx) => settleEraseRows(this.tables, ids, tx));
  }

  undoMove(account: AccountId, ids: readonly number[], to: FolderId | null): Promise<void> {
    return this.write(account, (tx) => undoMoveRows(this.tables, ids, to, tx));
  }

  undoFlags(account: AccountId, ids: readonly number[], change: FlagChange): Promise<void> {
    return this.write(account, (tx) => undoFlagRows(this.tables, ids, change, tx));
  }

  folderOfRole(account: AccountId, role: FolderRole): Promise<FolderRow | null> {
    return this.tables.folders.first({ accountId: account, role, isSelectable: true, isGone: false });
  }

  folderById(account: AccountId, id: FolderId): Promise<FolderRow | null> {
    return this.tables.folders.first({ accountId: account, id });
  }

  markFolder(folder: FolderRow, code: ErrorCode, at: number, until: number | null = null): Promise<void> {
    const mark = { errorCode: code, errorAt: at, restsUntil: until };
    return this.write(folder.accountId, (tx) => markFolderRow(this.tables, folder, mark, tx));
  }
}
