import { remoteId, type MessageId } from '../../src/server/mail/ids';
import type { FolderRow, PlacementRow } from '../../src/server/ports/records';
import { writeCursor } from '../../src/server/providers/imap/folder-cursor';
import { DatabaseMessageStore } from '../../src/server/runtime/database-message-store';
import { copiedOf } from '../../src/server/runtime/copies';
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
  return store.apply(folder, { list: [], setFlags: [], forget: ids }, { cursor: null, at: 0, through: null });
};

const copiedAt = async (): Promise<number | null> => (await tables.messages.first({ id: message }))?.copiedAt ?? null;

it('of a mail that lay in two places it is kept when it left one of them', async () => {
  await place(work, 1);
  const copies = [await place(other, 5), await place(other, 6), await place(other, 7, { messageId: null })];
  const before = Date.now();
  await forget(other, [5, 6, 7]);
  expect(await Promise.all(copies.map(rowOf))).toEqual([null, null, null]);
  expect(await copiedAt()).toBeGreaterThanOrEqual(before);
});

it('and of one that leaves its only place it is not', async () => {
  const only = await place(other, 5);
  await forget(other, [5]);
  expect([await rowOf(only), await copiedAt()]).toEqual([null, null]);
});

it('a mail is another one when a copy lies elsewhere, is meant otherwise or left alone here, or has left lately', async () => {
  const here = await place(work, 1, erased);
  const wished = (await rowOf(here)) as PlacementRow;
  const of = (folder: FolderRow, ...apart: number[]): Promise<number[]> =>
    tables.placements.transaction(async (tx) =>
      [...(await copiedOf(tables, folder, [wished], [here, ...apart], tx))].map(Number),
    );
  const begun = { ...work, begunAt: Date.now() };
  expect(await of(begun)).toEqual([]);
  const twin = await place(work, 2, erased);
  expect(await of(begun)).toEqual([]);
  await tables.placements.update({ pending: null, intent: { add: ['\\Flagged'], remove: [] } }, { id: twin });
  expect(await of(begun)).toEqual([message]);
  await tables.placements.update({ intent: null, hasIntent: false }, { id: twin });
  expect([await of(begun), await of(begun, twin)]).toEqual([[message], []]);
  await tables.placements.remove({ id: twin });
  const elsewhere = await place(other, 5, erased);
  expect(await of(begun)).toEqual([message]);
  await forget(other, [5]);
  expect(await rowOf(elsewhere)).toBeNull();
  expect(await of(begun)).toEqual([message]);
  expect(await of({ ...work, begunAt: Date.now() + 8 * 24 * HOUR_MS })).toEqual([]);
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
