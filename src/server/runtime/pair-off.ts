import { splitRemoteId, type FolderId, type MessageId, type RemoteId } from '../mail/ids';
import type { PlacementRow } from '../ports/records';
import { WAITING } from './parked-rows';

/** A mail that was just read, in a row that had none before. */
export interface Arrived {
  readonly placementId: number;
  readonly id: RemoteId;
  readonly messageId: MessageId;
}

export type Waiting = Pick<PlacementRow, 'id' | 'folderId' | 'messageId' | 'uidValidity' | 'uid' | 'hasIntent'>;

export interface Pair<Row extends Waiting> {
  readonly waiting: Row;
  readonly placementId: number;
}

/**
 * Which row of the same mail each one that arrived takes the place of. Those of the folder itself, of an epoch that has passed, go one for one:
 * first whose UID is the same, then such of which nothing is wished, so that of two copies no more are erased than were meant. Of folders that are
 * gone only the very same place counts (a rename keeps UIDVALIDITY and UID), since another copy may be one that nobody meant. Pure.
 * @param here the folder in which they arrived
 * @param isForeign whether what arrived may be a copy that has come from elsewhere, instead of the one in this row
 */
export function pairOff<Row extends Waiting>(
  arrived: readonly Arrived[],
  waiting: readonly Row[],
  here: FolderId,
  isForeign: (row: Row) => boolean,
): Pair<Row>[] {
  const pairs: Pair<Row>[] = [];
  const taken = new Set<Row>();
  const settled = new Set<Arrived>();
  const take = (find: (one: Arrived, free: readonly Row[]) => Row | undefined): void => {
    for (const one of arrived.filter((each) => !settled.has(each))) {
      const free = waiting.filter((row) => row.messageId === one.messageId && !taken.has(row));
      const row = find(one, free);
      if (!row) continue;
      taken.add(row);
      settled.add(one);
      pairs.push({ waiting: row, placementId: one.placementId });
    }
  };
  const isHere = (row: Row): boolean => row.folderId === here && !(row.hasIntent && isForeign(row));
  take(({ id }, free) => free.find((row) => isAt(row, id)));
  const hadUid = (row: Row, uid: number): boolean => row.uid === uid && !WAITING.includes(row.uidValidity);
  take(({ id }, free) => free.find((row) => isHere(row) && hadUid(row, splitRemoteId(id).uid)));
  take((_one, free) => free.find((row) => isHere(row) && !row.hasIntent) ?? free.find(isHere));
  return pairs;
}

/** Whether a row lay, or lies, at this very place. Pure. */
export function isAt(row: Pick<Waiting, 'uidValidity' | 'uid'>, id: RemoteId): boolean {
  const { uidValidity, uid } = splitRemoteId(id);
  return row.uidValidity === uidValidity && row.uid === uid;
}
