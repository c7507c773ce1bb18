import { Op } from 'sequelize';
import { applyChange, type FlagChange } from '../mail/flags';
import { remoteId, splitRemoteId, type AccountId, type RemoteId } from '../mail/ids';
import type { FolderRow } from '../ports/records';
import type { Operation } from '../ports/stores';
import { changedFolders } from './folder-counts';
import type { Tx } from './table';
import type { Tables } from './tables';

/** Changes made here that the server has not heard, oldest rows first. Only those whose UID still means something. */
export async function waitingOperations(tables: Tables, account: AccountId, limit: number): Promise<Operation[]> {
  const rows = await tables.placements.find({ accountId: account, hasIntent: true }, { order: [['id', 'ASC']], limit });
  if (rows.length === 0) return [];
  const all = await tables.folders.find({ accountId: account });
  const folders = new Map(all.map((folder) => [folder.id, folder]));
  return rows.flatMap((row) => {
    const folder = folders.get(row.folderId);
    if (!folder || folder.isGone || folder.epoch !== row.uidValidity) return [];
    const target = row.shownFolderId === null ? null : (folders.get(row.shownFolderId) ?? null);
    return [
      {
        placementId: row.id,
        folder,
        id: remoteId(row.uidValidity, row.uid),
        change: row.intent,
        move: row.pending === null ? null : { target: row.pending === 'erase' ? null : target },
      },
    ];
  });
}

/** The server has heard of `change`; a wish that came meanwhile stays. */
export async function settleFlagRows(
  tables: Tables,
  folder: FolderRow,
  ids: readonly number[],
  change: FlagChange,
  tx: Tx,
): Promise<void> {
  const rows = await tables.placements.find({ folderId: folder.id, id: { [Op.in]: [...ids] } }, { transaction: tx });
  const told = JSON.stringify(change);
  for (const row of rows) {
    const flags = [...applyChange(new Set(row.flags ?? []), change)];
    const isSame = JSON.stringify(row.intent) === told;
    const done = isSame ? { intent: null, hasIntent: row.pending !== null } : {};
    await tables.placements.update({ flags, ...done }, { id: row.id }, tx);
  }
}

/** The rows lie in `target` now. Where that folder was looked at first, its own row stays and ours goes. */
export async function settleMoveRows(
  tables: Tables,
  target: FolderRow,
  moved: readonly { readonly placementId: number; readonly to: RemoteId | null }[],
  tx: Tx,
): Promise<void> {
  const { placements } = tables;
  await changedFolders(tables, [target.id], tx);
  const lost = moved.filter(({ to }) => to === null || splitRemoteId(to).uidValidity !== target.epoch);
  await placements.remove({ id: { [Op.in]: lost.map(({ placementId }) => placementId) } }, tx);
  for (const { placementId, to } of moved) {
    if (to === null || lost.some((one) => one.placementId === placementId)) continue;
    const place = { folderId: target.id, ...splitRemoteId(to) };
    const there = await placements.first(place, { transaction: tx });
    const mine = await placements.first({ id: placementId }, { transaction: tx });
    if (!mine) continue;
    if (there && there.id !== placementId) {
      await placements.remove({ id: placementId }, tx);
      // Moved on meanwhile: the wish goes over to the row that stays.
      const { shownFolderId, pending } = mine;
      if (shownFolderId !== target.id)
        await placements.update({ shownFolderId, pending: pending ?? 'move', hasIntent: true }, { id: there.id }, tx);
    } else {
      // Moved on meanwhile: that is the next operation, from its new place.
      const isThere = mine.shownFolderId === target.id;
      const next = { pending: mine.pending ?? 'move', hasIntent: true };
      const rest = isThere ? { pending: null, hasIntent: mine.intent !== null } : next;
      await placements.update({ ...place, ...rest }, { id: placementId }, tx);
    }
  }
}
