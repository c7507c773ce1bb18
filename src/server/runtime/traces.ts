import { Op, type WhereOptions } from 'sequelize';
import type { MessageId } from '../mail/ids';
import type { FolderRow, PlacementRow } from '../ports/records';
import { changedFolders } from './folder-counts';
import { REBORN } from './parked-rows';
import type { Tx } from './table';
import type { Tables } from './tables';

/** SQLite allows 32,766 variables in a statement. */
const AT_ONCE = 1_000;

/** Of a mail that has left: nothing is wished of it, and nobody sees it. */
const UNSEEN = {
  uidValidity: REBORN,
  shownFolderId: null,
  intent: null,
  hasIntent: false,
  pending: null,
  movingTo: null,
  needsBody: false,
} as const;

/** Whether a row is a trace: it stands for a copy that is elsewhere, and for nothing that could be listed or changed. */
export const isTrace = ({ uidValidity, hasIntent }: Pick<PlacementRow, 'uidValidity' | 'hasIntent'>): boolean =>
  uidValidity === REBORN && !hasIntent;

/**
 * What somebody else takes out of a folder may turn up in another one in which something is wished of a copy of it. If the UIDs of that begin anew,
 * nobody can tell the two apart: a trace remembers for an hour that there was more than one.
 * @param going the rows that are about to be removed, of one folder; a trace is none of them any more
 */
export async function leaveTraces(
  tables: Tables,
  { id, accountId }: FolderRow,
  going: WhereOptions<PlacementRow>,
  tx: Tx,
): Promise<void> {
  const { placements } = tables;
  const uid = placements.db.sequelize.literal(placements.quotedColumn('id'));
  for (const some of await wishedElsewhere(tables, { id, accountId }, tx)) {
    const those = { [Op.and]: [going, { messageId: { [Op.in]: some } }] } as WhereOptions<PlacementRow>;
    const rows = await placements.find(those, { attributes: ['shownFolderId'], transaction: tx });
    if (rows.length === 0) continue;
    await placements.update({ ...UNSEEN, uid }, those, tx);
    const shown = rows.map(({ shownFolderId }) => shownFolderId);
    await changedFolders(tables, shown, tx);
  }
}

/** Whether a folder has a mail of which something is wished where it lies besides: what that may do depends on there being more than one. */
export async function isWitness(tables: Tables, folder: FolderRow, tx?: Tx): Promise<boolean> {
  for (const some of await wishedElsewhere(tables, folder, tx)) {
    const where = { folderId: folder.id, messageId: { [Op.in]: some } };
    if ((await tables.placements.first(where, { attributes: ['id'], transaction: tx })) !== null) return true;
  }
  return false;
}

/** Mails of which something is wished in other folders, in portions; nearly always none. */
async function wishedElsewhere(
  { placements }: Tables,
  { id, accountId }: Pick<FolderRow, 'id' | 'accountId'>,
  tx?: Tx,
): Promise<MessageId[][]> {
  const wished = { accountId, hasIntent: true, folderId: { [Op.ne]: id }, messageId: { [Op.ne]: null } };
  const rows = await placements.find(wished, { attributes: ['messageId'], transaction: tx });
  const ids = [...new Set(rows.flatMap(({ messageId }) => messageId ?? []))];
  return Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_none, at) =>
    ids.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );
}
