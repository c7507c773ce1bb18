import { remoteId, type FolderId, type MessageId } from '../../mail/ids';
import { pairOff, type Arrived, type Waiting } from '../pair-off';

const HERE = 1 as FolderId;
const MAIL = 7 as MessageId;

const arrived = (placementId: number, uid: number, epoch = '2', messageId = MAIL): Arrived => ({
  placementId,
  id: remoteId(epoch, uid),
  messageId,
});
const waiting = (id: number, uid: number, more: Partial<Waiting> = {}): Waiting => ({
  id,
  folderId: HERE,
  messageId: MAIL,
  uidValidity: '1',
  uid,
  hasIntent: true,
  ...more,
});
const gone = (id: number, folder: number, uid: number, uidValidity: string): Waiting =>
  waiting(id, uid, { folderId: folder as FolderId, uidValidity });

const pairs = (
  some: readonly Arrived[],
  rows: readonly Waiting[],
  isForeign: (row: Waiting) => boolean = () => false,
): string[] => pairOff(some, rows, HERE, isForeign).map((pair) => `${pair.waiting.id}→${pair.placementId}`);

it('only rows of the same mail make way', () => {
  expect(pairs([arrived(20, 5)], [waiting(1, 9)])).toEqual(['1→20']);
  expect(pairs([arrived(20, 5)], [waiting(1, 5, { messageId: 8 as MessageId })])).toEqual([]);
});

it('copies go one for one, by their UIDs where they are the same', () => {
  expect(pairs([arrived(20, 5), arrived(21, 6)], [waiting(1, 6), waiting(2, 5)])).toEqual(['2→20', '1→21']);
  expect(pairs([arrived(20, 1), arrived(21, 2)], [waiting(1, 8), waiting(2, 9)])).toEqual(['1→20', '2→21']);
});

it('of two copies the one of which nothing is wished comes first where nobody can tell them apart', () => {
  const rows = [waiting(1, 8), waiting(2, 9, { hasIntent: false })];
  expect(pairs([arrived(20, 1)], rows)).toEqual(['2→20']);
  expect(pairs([arrived(20, 1), arrived(21, 2)], rows)).toEqual(['2→20', '1→21']);
});

it('of folders that are gone only the same place counts', () => {
  expect(pairs([arrived(20, 5)], [gone(1, 8, 5, '2'), gone(2, 9, 5, '3')])).toEqual(['1→20']);
  expect(pairs([arrived(20, 4)], [gone(1, 8, 5, '3')])).toEqual([]);
});

it('what is wished reaches no copy that may have come from elsewhere, under the same UID neither', () => {
  const rows = [waiting(1, 5), waiting(2, 6, { hasIntent: false }), gone(3, 8, 7, '2')];
  const three = [arrived(20, 5), arrived(21, 8), arrived(22, 7)];
  expect(pairs(three, rows, () => true)).toEqual(['3→22', '2→20']);
});
