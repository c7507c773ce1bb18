import { Op, type WhereOptions } from 'sequelize';
import { combineChanges } from '../mail/flags';
import type { RemoteId } from '../mail/ids';
import type { FolderRow, PlacementRow } from '../ports/records';
import type { ReadContent } from '../ports/stores';
import { copiedOf } from './copies';
import { changedFolders, removePlacements } from './folder-counts';
import { isAt, pairOff, type Arrived, type Pair } from './pair-off';
import { foldersOf, mayBeRenamed, type KnownFolder } from './renamed-folders';
import { namelessTwins, PARKED } from './parked-rows';
import { locked, type Tx } from './table';
import type { Tables } from './tables';
import { shownFlags } from './thread-summaries';

/** Clocks of nodes may differ by so much. */
export const SKEW_MS = 60_000;

type ArrivedContent = Arrived & ReadContent;

/**
 * Mails that were just read for the first time where they lie may have lain elsewhere: under UIDs of an epoch that has passed, in a folder that is
 * gone, or they were moved here and the server did not say which they are. What is wished of those, and the server has not heard, is wished of
 * these, in the same transaction: they come into sight as their owner wants them.
 */
export async function replaceWaitingRows(
  tables: Tables,
  folder: FolderRow,
  arrived: readonly ArrivedContent[],
  tx: Tx,
): Promise<void> {
  const all = await foldersOf(tables, folder, tx);
  const gone = goneBefore(all, folder);
  const renamed = gone.filter((one) => mayBeRenamed(one, folder, all));
  const places: WhereOptions<PlacementRow>[] = [
    { folderId: folder.id, uidValidity: { [Op.ne]: folder.epoch ?? '' } },
    ...(renamed.length > 0 ? [{ folderId: { [Op.in]: renamed.map(({ id }) => id) }, hasIntent: true }] : []),
  ];
  const ids = arrived.map(({ messageId }) => messageId);
  const named = { [Op.or]: places, messageId: { [Op.in]: ids } } as WhereOptions<PlacementRow>;
  const waiting = await tables.placements.find(named, locked(tx));
  const isWaiting = { [Op.or]: [{ hasIntent: true }, { uidValidity: PARKED }] };
  const unnamed = { [Op.and]: [{ [Op.or]: places }, isWaiting], emailId: null } as WhereOptions<PlacementRow>;
  const idOf = new Map(arrived.map(({ placementId, id }) => [placementId, id]));
  const alike = (await namelessTwins(tables, folder, arrived, unnamed, tx)).filter(
    ({ waiting: row, placementId }) => row.folderId === folder.id || isAt(row, idOf.get(placementId) as RemoteId),
  );
  // A folder that is gone had this UIDVALIDITY: this is it, under the name of the one in which something is wished.
  const isTaken = gone.some(({ epoch }) => epoch === folder.epoch);
  const isForeign = isTaken ? () => true : await mayBeAnother(tables, folder, { arrived, waiting }, tx);
  const nameless = alike.filter(({ waiting: row }) => !(isTaken && row.folderId === folder.id));
  const twins = [...pairOff(arrived, waiting, folder.id, isForeign), ...nameless];
  for (const twin of twins) await replace(tables, folder, twin, tx);
  if (twins.length > 0) await changedFolders(tables, [folder.id], tx);
}

/** Folders that were gone when the UIDs of this one began: it may be one of them. */
function goneBefore(all: readonly KnownFolder[], { begunAt }: FolderRow): KnownFolder[] {
  if (begunAt === null) return [];
  return all.filter(({ isGone, goneAt }) => isGone && goneAt !== null && goneAt <= begunAt + SKEW_MS);
}

/** Not moved here: it lay in this folder before its UIDs began anew. */
const isPast = ({ uidValidity }: PlacementRow): boolean => uidValidity !== PARKED;

/** Whether what arrived in the place of a row, by its content, may be another copy. */
async function mayBeAnother(
  tables: Tables,
  folder: FolderRow,
  { arrived, waiting }: { readonly arrived: readonly Arrived[]; readonly waiting: readonly PlacementRow[] },
  tx: Tx,
): Promise<(row: PlacementRow) => boolean> {
  const wished = waiting.filter((row) => row.hasIntent && row.folderId === folder.id && isPast(row));
  const apart = arrived.map(({ placementId }) => placementId);
  const copied = await copiedOf(tables, folder, wished, apart, tx);
  return (row) => isPast(row) && copied.has(row.messageId);
}

async function replace(
  tables: Tables,
  folder: FolderRow,
  { waiting, placementId }: Pair<PlacementRow>,
  tx: Tx,
): Promise<void> {
  const heir = waiting.hasIntent ? await tables.placements.first({ id: placementId }, locked(tx)) : null;
  if (heir) await handOn(tables, waiting, heir, tx);
  if (waiting.folderId === folder.id) return void (await removePlacements(tables, { id: waiting.id }, tx));
  // Its folder may turn up again, and then it must not lack a row of which its cursor knows.
  const unwished = { intent: null, pending: null, movingTo: null, hasIntent: false, shownFolderId: waiting.folderId };
  await tables.placements.update(unwished, { id: waiting.id }, tx);
  await changedFolders(tables, [waiting.shownFolderId], tx);
}

/** Hands on what is wished of a mail to the row that it has now; flags that were wished of that row since count more. */
export async function handOn(tables: Tables, past: PlacementRow, heir: PlacementRow, tx: Tx): Promise<void> {
  const intent = past.intent ? combineChanges(past.intent, heir.intent ?? { add: [], remove: [] }) : heir.intent;
  const isSeen = shownFlags({ flags: heir.flags, intent }).has('\\Seen');
  // What was on its way to the folder in which it is now has arrived; what was to stay where it was cannot.
  const isThere = past.shownFolderId === heir.folderId || past.shownFolderId === past.folderId;
  const { pending, shownFolderId } = past;
  const shown = pending === null || (pending === 'move' && isThere) ? {} : { pending, shownFolderId };
  const hasIntent = 'pending' in shown || intent !== null || heir.pending !== null;
  await tables.placements.update({ intent, hasIntent, isSeen, ...shown }, { id: heir.id }, tx);
}
