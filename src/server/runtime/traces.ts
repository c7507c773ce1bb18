import { Op, type WhereOptions } from 'sequelize';
import type { MessageId } from '../mail/ids';
import type { FolderRow, PlacementRow } from '../ports/records';
import { REBORN } from './parked-rows';
import type { Tx } from './table';
import type { Tables } from './tables';

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
  const wished = { accountId, hasIntent: true, folderId: { [Op.ne]: id }, messageId: { [Op.ne]: null } };
  // Asked first: nearly always nothing waits.
  if ((await placements.first(wished, { attributes: ['id'], transaction: tx })) === null) return;
  const rows = await placements.find(going, { attributes: ['messageId'], transaction: tx });
  const ids = [...new Set(rows.flatMap(({ messageId }) => messageId ?? []))];
  const copies = await placements.find(
    { ...wished, messageId: { [Op.in]: ids } },
    { attributes: ['messageId'], transaction: tx },
  );
  const wanted = new Set<MessageId>(copies.flatMap(({ messageId }) => messageId ?? []));
  if (wanted.size === 0) return;
  const uid = placements.db.sequelize.literal(placements.quotedColumn('id'));
  const those = { [Op.and]: [going, { messageId: { [Op.in]: [...wanted] } }] } as WhereOptions<PlacementRow>;
  await placements.update({ ...UNSEEN, uid }, those, tx);
}
