import { Op, type WhereOptions } from 'sequelize';
import { applyChange } from '../mail/flags';
import { remoteId, splitRemoteId, type RemoteId } from '../mail/ids';
import type { FolderRow, PlacementRow } from '../ports/records';
import type { FolderCursor, FolderSlice, RemoteState, UidRange } from '../ports/session';
import type { FolderMark, LocalState, SlicePlan } from '../ports/stores';
import { readCursor } from '../providers/imap/folder-cursor';
import { noteCopies } from './copies';
import { removePlacements } from './folder-counts';
import { settleMoveRows } from './operation-rows';
import { locked, type Tx } from './table';
import type { Tables } from './tables';

const CHUNK = 1_000;
const RANGES_AT_ONCE = 100;

/** What we know of the messages that a slice names, and of those in the ranges where it is complete. */
export async function knownStates(
  tables: Tables,
  folder: FolderRow,
  { states, complete, gone }: FolderSlice,
): Promise<Map<RemoteId, LocalState>> {
  const attributes = ['uidValidity', 'uid', 'flags', 'receivedAt', 'sizeBytes'];
  const rows = new Map<RemoteId, LocalState>();
  const load = async (uid: object): Promise<void> => {
    const where = { folderId: folder.id, uidValidity: folder.epoch ?? '', uid } as WhereOptions<PlacementRow>;
    for (const row of await tables.placements.find(where, { attributes }))
      rows.set(remoteId(row.uidValidity, row.uid), {
        flags: new Set(row.flags ?? []),
        receivedAt: row.receivedAt,
        sizeBytes: row.sizeBytes,
      });
  };
  for (const { from, to } of complete) await load({ [Op.between]: [from, to] });
  const named = states.map(({ id }) => splitRemoteId(id).uid);
  const outside = named.filter((uid) => !complete.some((range) => isIn(uid, range)));
  const single = gone.filter(({ from, to }) => from === to).map(({ from }) => from);
  const wide = gone.filter(({ from, to }) => from < to);
  for (const some of chunks([...outside, ...single], CHUNK)) await load({ [Op.in]: some });
  for (const some of chunks(wide, RANGES_AT_ONCE))
    await load({ [Op.or]: some.map(({ from, to }) => ({ [Op.between]: [from, to] })) });
  return rows;
}

/** How many rows of a folder are in no count that its cursor holds. */
export async function countUncounted(
  tables: Tables,
  { id, epoch, cursor }: Pick<FolderRow, 'id' | 'epoch' | 'cursor'>,
  tx?: Tx,
): Promise<number> {
  const counted = readCursor(cursor as FolderCursor | null);
  if (counted === null || counted.epoch !== epoch) return 0;
  return tables.placements.count({ folderId: id, uidValidity: epoch, uid: { [Op.gte]: counted.next } }, tx);
}

/** The highest UID that is known in a folder; null when it is empty. */
export async function highestUid(tables: Tables, { id, epoch }: FolderRow): Promise<number | null> {
  const where = { folderId: id, uidValidity: epoch ?? '' };
  const [top] = await tables.placements.find(where, { attributes: ['uid'], order: [['uid', 'DESC']], limit: 1 });
  return top?.uid ?? null;
}

function* chunks<T>(all: readonly T[], size: number): Iterable<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

const isIn = (uid: number, { from, to }: UidRange): boolean => uid >= from && uid <= to;

/** How far a look has come, and whether what is known here was in its count. */
export async function writeMark(
  tables: Tables,
  folder: FolderRow,
  { cursor, through, at }: FolderMark,
  tx: Tx,
): Promise<void> {
  const isUncounted = cursor !== null && (await countUncounted(tables, { ...folder, cursor }, tx)) > 0;
  // What the last cursor had not counted either is another message where this one has counted some.
  const isSame = cursor !== null && readCursor(cursor)?.next === readCursor(folder.cursor as FolderCursor | null)?.next;
  const uncountedSince = isUncounted ? (isSame && folder.uncountedSince) || at : null;
  const mark = {
    ...(cursor === null ? {} : { cursor, departed: 0, uncountedSince }),
    ...(through === null ? {} : { scannedAt: through.at, listedSince: through.since }),
  };
  if (Object.keys(mark).length > 0) await tables.folders.update(mark, { id: folder.id }, tx);
}

/** Forget → list → flags. Every step may be repeated: inserts ignore what is there already. */
export async function applySlice(tables: Tables, folder: FolderRow, plan: SlicePlan, tx: Tx): Promise<void> {
  await forgetRows(tables, folder, plan.forget, tx);
  if (plan.list.length > 0) {
    // Newest first, so that rows that people look at get the lower ids and lie together.
    const sorted = [...plan.list].sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime());
    await tables.placements.insertMany(
      sorted.map((state) => newRow(folder, state)),
      tx,
    );
  }
  await setFlagRows(tables, folder, plan.setFlags, tx);
}

function newRow(folder: FolderRow, state: RemoteState): Partial<PlacementRow> {
  return {
    ...splitRemoteId(state.id),
    accountId: folder.accountId,
    userId: folder.userId,
    folderId: folder.id,
    shownFolderId: folder.id,
    emailId: state.emailId,
    needsBody: false,
    pending: null,
    flags: [...state.flags],
    isSeen: state.flags.has('\\Seen'),
    hasIntent: false,
    attempts: 0,
    receivedAt: state.receivedAt.getTime(),
    sizeBytes: state.sizeBytes,
  };
}

async function forgetRows(tables: Tables, folder: FolderRow, ids: readonly RemoteId[], tx: Tx): Promise<void> {
  for (const some of chunks(ids, CHUNK)) {
    const uid = { [Op.in]: some.map((id) => splitRemoteId(id).uid) };
    const going = { folderId: folder.id, uidValidity: folder.epoch ?? '', uid };
    // Contents before placements, as they are stored.
    await noteCopies(tables, going, tx);
    await followBegunMoves(tables, going, tx);
    await removePlacements(tables, going, tx);
  }
}

/** What the server was told to move, without being heard, and what is missing now, was moved. */
async function followBegunMoves(tables: Tables, going: WhereOptions<PlacementRow>, tx: Tx): Promise<void> {
  const begun = { [Op.and]: [going, { movingTo: { [Op.ne]: null } }] } as WhereOptions<PlacementRow>;
  const rows = await tables.placements.find(begun, locked(tx));
  for (const target of new Set(rows.flatMap(({ movingTo }) => movingTo ?? []))) {
    const folder = await tables.folders.first({ id: target }, { transaction: tx });
    const moved = rows.filter(({ movingTo }) => movingTo === target).map(({ id }) => ({ placementId: id, to: null }));
    if (folder) await settleMoveRows(tables, folder, moved, tx);
  }
}

/** A few combinations of flags are all there are: one statement for each, and one more where a wish of the user lies above them. */
async function setFlagRows(tables: Tables, folder: FolderRow, states: readonly RemoteState[], tx: Tx): Promise<void> {
  const groups = new Map<string, { flags: string[]; isSeen: boolean; uids: number[] }>();
  for (const state of states) {
    const flags = [...state.flags].sort();
    // As JSON: an odd server may put a space into a keyword.
    const name = JSON.stringify(flags);
    const group = groups.get(name) ?? { flags, isSeen: state.flags.has('\\Seen'), uids: [] };
    group.uids.push(splitRemoteId(state.id).uid);
    groups.set(name, group);
  }
  const place = { folderId: folder.id, uidValidity: folder.epoch ?? '' };
  for (const { flags, isSeen, uids } of groups.values()) {
    for (const some of chunks(uids, CHUNK)) {
      const where = { ...place, uid: { [Op.in]: some } };
      await tables.placements.update({ flags, isSeen }, { ...where, hasIntent: false }, tx);
      // Locked: a wish that comes between reading and writing would be written over.
      const wished = await tables.placements.find({ ...where, hasIntent: true }, locked(tx));
      for (const row of wished) {
        const seen = row.intent ? applyChange(new Set(flags), row.intent).has('\\Seen') : isSeen;
        await tables.placements.update({ flags, isSeen: seen }, { id: row.id }, tx);
      }
    }
  }
}
