import { Op } from 'sequelize';
import { applyChange, type FlagChange } from '../mail/flags';
import { folderRank, type FolderRole } from '../mail/folder-role';
import { remoteId, splitRemoteId, type MessageId, type RemoteId } from '../mail/ids';
import { sha1 } from '../messages/fingerprint';
import type { AccountRow, FolderRow, PlacementRow } from '../ports/records';
import type { RemoteFolder, RemoteState } from '../ports/session';
import type { FolderPlan, LocalFolder, MessageStore, ParsedMessage, ShallowPlacement } from '../ports/stores';
import { whileLinked } from './live-account';
import { saveContent } from './save-content';
import type { Tables } from './tables';

const CHUNK = 500;

/** The local copy in the application's database. Every step may be repeated: inserts ignore what is there already. */
export class DatabaseMessageStore implements MessageStore {
  constructor(private readonly tables: Tables) {}

  async saveFolders(account: AccountRow, remote: readonly RemoteFolder[]): Promise<FolderRow[]> {
    const { folders } = this.tables;
    const known = await folders.find({ accountId: account.id });
    const byPath = new Map(known.map((folder) => [folder.path, folder]));
    for (const entry of remote) {
      const mine = byPath.get(entry.path);
      const { delimiter, role, isSelectable } = entry;
      const name = entry.name.slice(0, 512);
      if (!mine) {
        const identity = { accountId: account.id, userId: account.userId, path: entry.path, pathKey: sha1(entry.path) };
        const fresh = { ...identity, name, delimiter: delimiter ?? '', role, isSelectable };
        await whileLinked(this.tables, account.id, (tx) => folders.insertMany([fresh], tx));
      } else if (mine.role !== role || mine.isSelectable !== isSelectable || mine.name !== name) {
        await folders.update({ name, role, isSelectable }, { id: mine.id });
      }
    }
    const present = new Set(remote.map((entry) => entry.path));
    // An empty list is no proof that every folder was deleted: no server lacks an INBOX.
    const gone = present.size > 0 ? known.filter((folder) => !present.has(folder.path)) : [];
    for (const folder of gone) await this.removeFolder(folder);
    const rows = await folders.find({ accountId: account.id });
    return rows.sort((a, b) => folderRank(a.role) - folderRank(b.role) || a.path.localeCompare(b.path));
  }

  async localFolder(folder: FolderRow, ids: readonly RemoteId[] | 'all'): Promise<LocalFolder> {
    const { placements } = this.tables;
    const attributes = ['uidValidity', 'uid', 'flags', 'intent'];
    const rows = new Map<RemoteId, PlacementRow>();
    const add = (found: PlacementRow[]): void =>
      found.forEach((row) => rows.set(remoteId(row.uidValidity, row.uid), row));
    if (ids === 'all') {
      add(await placements.find({ folderId: folder.id }, { attributes }));
    } else {
      add(await placements.find({ folderId: folder.id, hasIntent: true }, { attributes }));
      for (const [uidValidity, uids] of groupIds(ids)) {
        add(await placements.find({ folderId: folder.id, uidValidity, uid: { [Op.in]: uids } }, { attributes }));
      }
    }
    const messages = new Map(
      [...rows].map(([id, row]) => [id, { flags: new Set(row.flags ?? []), intent: row.intent }]),
    );
    return { epoch: folder.epoch, messages };
  }

  async reset(folder: FolderRow): Promise<void> {
    await this.tables.placements.remove({ folderId: folder.id });
    await this.tables.folders.update({ epoch: null, cursor: null }, { id: folder.id });
  }

  async list(folder: FolderRow, states: readonly RemoteState[]): Promise<void> {
    const { accountId, userId, id: folderId } = folder;
    // Newest first, so that a cut leaves the part that people look at.
    const sorted = [...states].sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime());
    const rows = sorted.map((state) => ({
      ...splitRemoteId(state.id),
      accountId,
      userId,
      folderId,
      flags: [...state.flags],
      isSeen: state.flags.has('\\Seen'),
      hasIntent: false,
      attempts: 0,
      receivedAt: state.receivedAt.getTime(),
      sizeBytes: state.sizeBytes,
    }));
    if (rows.length === 0) return;
    for (let at = 0; at < rows.length; at += CHUNK) {
      const some = rows.slice(at, at + CHUNK);
      await whileLinked(this.tables, accountId, (tx) => this.tables.placements.insertMany(some, tx));
    }
  }

  async setFlags(folder: FolderRow, states: readonly RemoteState[]): Promise<void> {
    if (states.length === 0) return;
    const local = await this.localFolder(
      folder,
      states.map((state) => state.id),
    );
    for (const state of states) {
      const intent = local.messages.get(state.id)?.intent ?? null;
      const isSeen = (intent ? applyChange(state.flags, intent) : state.flags).has('\\Seen');
      await this.tables.placements.update(
        { flags: [...state.flags], isSeen },
        { folderId: folder.id, ...splitRemoteId(state.id) },
      );
    }
  }

  async forget(folder: FolderRow, ids: readonly RemoteId[]): Promise<void> {
    for (const [uidValidity, uids] of groupIds(ids)) {
      await this.tables.placements.remove({ folderId: folder.id, uidValidity, uid: { [Op.in]: uids } });
    }
  }

  async settleIntent(folder: FolderRow, id: RemoteId, change: FlagChange): Promise<void> {
    const where = { folderId: folder.id, ...splitRemoteId(id) };
    const row = await this.tables.placements.first(where);
    if (!row) return;
    const flags = [...applyChange(new Set(row.flags ?? []), change)];
    // A wish that arrived while this one was on its way stays.
    const isSame = JSON.stringify(row.intent) === JSON.stringify(change);
    await this.tables.placements.update(isSame ? { flags, intent: null, hasIntent: false } : { flags }, { id: row.id });
  }

  async commit(folder: FolderRow, at: FolderPlan['commit'], now: number): Promise<void> {
    await this.tables.folders.update(
      { epoch: at.epoch, cursor: at.cursor, lastSyncAt: now, errorCode: null },
      { id: folder.id },
    );
  }

  async shallow(folder: FolderRow, limit: number): Promise<ShallowPlacement[]> {
    const order: [string, string][] = [
      ['attempts', 'ASC'],
      ['receivedAt', 'DESC'],
    ];
    const rows = await this.tables.placements.find({ folderId: folder.id, messageId: null }, { order, limit });
    return rows.map((row) => ({
      placementId: row.id,
      id: remoteId(row.uidValidity, row.uid),
      receivedAt: row.receivedAt,
      sizeBytes: row.sizeBytes,
      attempts: row.attempts,
    }));
  }

  deepen(folder: FolderRow, placement: ShallowPlacement, message: ParsedMessage): Promise<MessageId> {
    return saveContent(this.tables, folder, placement, message);
  }

  forgetAttempts(account: AccountRow['id'], attempts: number): Promise<number> {
    const again = { messageId: null, threadId: null, attempts: 0 };
    return this.tables.placements.update(again, { accountId: account, attempts: { [Op.gte]: attempts } });
  }

  async countAttempts(ids: readonly number[], by: 1 | -1): Promise<void> {
    const { placements } = this.tables;
    const attempts = placements.db.sequelize.literal(`${placements.quotedColumn('attempts')} + ${by}`);
    if (ids.length > 0) await placements.update({ attempts }, { id: { [Op.in]: [...ids] } });
  }

  async recount(folder: FolderRow): Promise<void> {
    const totalCount = await this.tables.placements.count({ folderId: folder.id });
    const unreadCount = await this.tables.placements.count({ folderId: folder.id, isSeen: false });
    await this.tables.folders.update({ totalCount, unreadCount }, { id: folder.id });
  }

  async sweep(account: AccountRow, olderThan: number): Promise<number> {
    const { messages, placements, attachments } = this.tables;
    const rows = await messages.find({ accountId: account.id }, { attributes: ['id', 'createdAt'] });
    const old = (rows as { id: MessageId; createdAt?: Date }[])
      .filter((row) => Number(row.createdAt) < olderThan)
      .map((row) => row.id);
    let swept = 0;
    for (let at = 0; at < old.length; at += CHUNK) {
      const some = old.slice(at, at + CHUNK);
      const placed = await placements.find({ messageId: { [Op.in]: some } }, { attributes: ['messageId'] });
      const kept = new Set(placed.map((row) => row.messageId));
      const orphans = some.filter((id) => !kept.has(id));
      if (orphans.length === 0) continue;
      await attachments.remove({ messageId: { [Op.in]: orphans } });
      swept += await messages.remove({ id: { [Op.in]: orphans } });
    }
    return swept;
  }

  async intents(account: AccountRow['id']): Promise<{ folder: FolderRow; id: RemoteId; change: FlagChange }[]> {
    const rows = await this.tables.placements.find({ accountId: account, hasIntent: true }, { limit: CHUNK });
    if (rows.length === 0) return [];
    const folders = new Map(
      (await this.tables.folders.find({ accountId: account })).map((folder) => [folder.id, folder]),
    );
    return rows.flatMap((row) => {
      const folder = folders.get(row.folderId);
      return folder && row.intent ? [{ folder, id: remoteId(row.uidValidity, row.uid), change: row.intent }] : [];
    });
  }

  folderOfRole(account: AccountRow['id'], role: FolderRole): Promise<FolderRow | null> {
    return this.tables.folders.first({ accountId: account, role, isSelectable: true });
  }

  async markFolder(folder: FolderRow['id'], errorCode: FolderRow['errorCode']): Promise<void> {
    await this.tables.folders.update({ errorCode }, { id: folder });
  }

  private async removeFolder(folder: FolderRow): Promise<void> {
    await this.tables.placements.remove({ folderId: folder.id });
    await this.tables.folders.remove({ id: folder.id });
  }
}

function groupIds(ids: readonly RemoteId[]): [string, number[]][] {
  const groups = new Map<string, number[]>();
  for (const id of ids) {
    const { uidValidity, uid } = splitRemoteId(id);
    groups.set(uidValidity, [...(groups.get(uidValidity) ?? []), uid]);
  }
  return [...groups].flatMap(([uidValidity, uids]) => {
    const chunks: [string, number[]][] = [];
    for (let at = 0; at < uids.length; at += CHUNK) chunks.push([uidValidity, uids.slice(at, at + CHUNK)]);
    return chunks;
  });
}
