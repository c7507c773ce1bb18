import { MailError } from '../../errors/mail-error';
import { splitRemoteId, type AccountId, type FolderId, type RemoteId } from '../../mail/ids';
import type { FolderRow } from '../../ports/records';
import type { MailboxSession } from '../../ports/session';
import type { MessageStore, Operation } from '../../ports/stores';
import { PushRecord, pushOperations } from '../push-operations';

const inbox = { id: 1 as FolderId, path: 'INBOX', isSelectable: true } as FolderRow;
const standing = { receivedAt: 1, sizeBytes: 1 };
const SEEN = { add: ['\\Seen'], remove: [] };

/** Ten pushes to a server that never can change some of the mails. */
async function tenPushes(count: number, isBad: (uid: number) => boolean): Promise<{ left: number; commands: number }> {
  let waiting = Array.from({ length: count }, (_, at): Operation => {
    const id = `1:${at + 1}` as RemoteId;
    return { placementId: at + 1, folder: inbox, id, change: SEEN, move: null, standing, begun: null };
  });
  const record = new PushRecord();
  let commands = 0;
  const session = {
    standing: async (_path: string, ids: readonly RemoteId[]) => new Map(ids.map((id) => [id, standing])),
    storeFlags: async (_path: string, ids: readonly RemoteId[]) => {
      commands += 1;
      if (ids.some((id) => isBad(splitRemoteId(id).uid))) throw new MailError('EMAIL_FOLDER_BUSY');
    },
  } as unknown as MailboxSession;
  const store = {
    operations: async () => ({ operations: waiting, last: null }),
    recount: async () => false,
    settleFlags: async (_folder: FolderRow, ids: readonly number[]) => {
      const told = new Set(ids);
      waiting = waiting.filter(({ placementId }) => !told.has(placementId));
    },
  } as unknown as MessageStore;
  for (let push = 0; push < 10; push += 1)
    await pushOperations(1 as AccountId, { session, store, refused: async () => undefined, record });
  return { left: waiting.length, commands };
}

it.each<[number, string, number, (uid: number) => boolean]>([
  [1_100, 'the first', 1, (uid) => uid === 1],
  [2_000, 'the first', 1, (uid) => uid === 1],
  [500, 'the first three', 3, (uid) => uid <= 3],
  [64, 'the first six', 6, (uid) => uid <= 6],
  [500, 'thirteen of them', 13, (uid) => uid % 40 === 1],
  [500, 'the first thirty', 30, (uid) => uid <= 30],
  [500, 'the last thirty', 30, (uid) => uid > 470],
])('of %i wishes all but %s reach the server', async (count, _which, bad, isBad) => {
  expect((await tenPushes(count, isBad)).left).toBe(bad);
});

it('a server that can do nothing is not asked two thousand times', async () => {
  const { left, commands } = await tenPushes(2_000, () => true);
  expect(left).toBe(2_000);
  expect(commands).toBeLessThan(300);
});
