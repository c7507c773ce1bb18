import { remoteId, type MessageId } from '../../src/server/mail/ids';
import type { FolderRow, PlacementRow } from '../../src/server/ports/records';
import { writeCursor } from '../../src/server/providers/imap/folder-cursor';
import { DatabaseMessageStore } from '../../src/server/runtime/database-message-store';
import { PARKED, REBORN } from '../../src/server/runtime/parked-rows';
import type { Tables } from '../../src/server/runtime/tables';
import type { Wiring } from '../../src/server/wiring';
import { createTestApp, type TestApp } from '../support/app';

/** Rows without a place of their own, on each database: the simulation knows SQLite only. */
let app: TestApp;
let tables: Tables;
let store: DatabaseMessageStore;
const HOUR_MS = 60 * 60_000;

beforeAll(async () => {
  app = await createTestApp();
  const { wiring } = app.app.pm.get('nocobase-plugin-email-manager') as unknown as { wiring: Wiring };
  ({ tables } = wiring.services.store as unknown as { tables: Tables });
  store = new DatabaseMessageStore(tables);
}, 120_000);

afterAll(async () => {
  await app?.destroy();
});

let lastAccount = 0;
let account: number;
let message: MessageId;
let [work, other]: FolderRow[] = [];

beforeEach(async () => {
  const identity = { provider: 'none', subject: `s${(lastAccount += 1)}`, address: 'a@x.test', displayName: '' };
  const row = await tables.accounts.insert({ ...identity, userId: 1 as never, state: 'needs-reconnect', attempts: 0 });
  account = row.id;
  message = (await tables.messages.insert({ accountId: row.id, userId: 1 as never, fingerprint: 'x' })).id;
  const folder = (path: string, epoch: string): Promise<FolderRow> =>
    tables.folders.insert({
      ...{ accountId: row.id, userId: 1 as never, path, pathKey: path, name: path, delimiter: '/' },
      ...{ epoch, isSelectable: true, isGone: false, scannedAt: 1 },
    });
  [work, other] = [await folder('Work', '1'), await folder('Other', '2')];
});

async function place(folder: FolderRow, uid: number, more: Partial<PlacementRow> = {}): Promise<number> {
  const where = { accountId: account, userId: 1, folderId: folder.id, shownFolderId: folder.id };
  const values = { uidValidity: folder.epoch, uid, messageId: message, flags: [], attempts: 0, needsBody: true };
  const state = { receivedAt: 1, sizeBytes: 2, hasIntent: false, pending: null };
  return (await tables.placements.insert({ ...where, ...values, ...state, ...more } as Partial<PlacementRow>)).id;
}

const erased = { pending: 'erase', hasIntent: true, shownFolderId: null } as const;
const rowOf = (id: number): Promise<PlacementRow | null> => tables.placements.first({ id });
const forget = (folder: FolderRow, uids: readonly number[]): Promise<void> => {
  const ids = uids.map((uid) => remoteId(folder.epoch ?? '', uid));
  return store.apply(folder, { list: [], setFlags: [], forget: ids }, { cursor: null, through: null });
};

it('what leaves a folder leaves a trace while something is wished of a copy of it, for an hour', async () => {
  await place(work, 1, erased);
  const copies = [await place(other, 5), await place(other, 6), await place(other, 7, { messageId: null })];
  await forget(other, [5, 6, 7]);
  const [first, second, unread] = await Promise.all(copies.map(rowOf));
  const trace = { uidValidity: REBORN, shownFolderId: null, hasIntent: false, pending: null, needsBody: false };
  expect([first, second]).toEqual([expect.objectContaining(trace), expect.objectContaining(trace)]);
  expect(unread).toBeNull();
  await store.dropPast([work, other], Date.now() + HOUR_MS / 2);
  expect(await rowOf(copies[0])).not.toBeNull();
  await store.dropPast([work, other], Date.now() + 2 * HOUR_MS);
  expect(await Promise.all(copies.map(rowOf))).toEqual([null, null, null]);
});

it('and none while nothing is', async () => {
  await place(work, 1);
  const copy = await place(other, 5);
  await forget(other, [5]);
  expect(await rowOf(copy)).toBeNull();
});

it('a folder that is born again keeps what is wished, without a place, and nothing else', async () => {
  const rows = [await place(work, 1, erased), await place(work, 2), await place(work, 3, erased)];
  const parked = await place(work, 9, { uidValidity: PARKED, ...erased });
  const begun = await store.begin(work, '1', null, true);
  const [first, second, third] = await Promise.all(rows.map(rowOf));
  const waits = { uidValidity: REBORN, pending: 'erase', hasIntent: true };
  expect([first, third]).toEqual([expect.objectContaining(waits), expect.objectContaining(waits)]);
  expect(second).toBeNull();
  expect(await rowOf(parked)).toMatchObject(waits);
  expect(begun).toMatchObject({ epoch: '1', cursor: null });
});

it('what the count of a cursor does not have is counted', async () => {
  for (const uid of [3, 8, 9]) await place(work, uid);
  await place(work, 10, { uidValidity: PARKED });
  const of = (epoch: string, next: number): Promise<number> => {
    const cursor = writeCursor({ epoch, next, exists: 1, modseq: null, sweep: null });
    return store.uncounted({ ...work, cursor });
  };
  expect([await of('1', 8), await of('1', 20), await of('7', 1)]).toEqual([2, 0, 0]);
  expect(await store.uncounted({ ...work, cursor: null })).toBe(0);
});
