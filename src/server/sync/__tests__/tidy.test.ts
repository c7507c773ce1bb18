import type { AccountRow, FolderRow } from '../../ports/records';
import { tidy, type AccountSyncPorts } from '../sync-account';

const HOUR = 60 * 60_000;
const ACCOUNT = { id: 1 } as AccountRow;

function world(folders: readonly Partial<FolderRow>[], now: number) {
  const store = { folders: async () => folders, dropPast: jest.fn(), recount: async () => false, sweep: jest.fn() };
  return { store, ports: { store, now: () => now, changed: () => undefined } as unknown as AccountSyncPorts };
}
const LISTED = { id: 1, isSelectable: true, scannedAt: 5 } as unknown as FolderRow;
const NEW = { id: 2, isSelectable: true, scannedAt: null } as unknown as FolderRow;

it('looks for contents that lie nowhere at first and then once an hour: it goes through all messages', async () => {
  const { store, ports } = world([LISTED], 3 * HOUR);
  expect(await tidy(ACCOUNT, ports, null)).toEqual({ sweptAt: 3 * HOUR, troubled: 0 });
  expect(await tidy(ACCOUNT, ports, 2 * HOUR + 1)).toEqual({ sweptAt: 2 * HOUR + 1, troubled: 0 });
  expect(store.sweep).toHaveBeenCalledTimes(1);
  expect(await tidy(ACCOUNT, ports, 2 * HOUR)).toEqual({ sweptAt: 3 * HOUR, troubled: 0 });
  expect(store.sweep).toHaveBeenCalledTimes(2);
});
it('removes nothing while a folder is not listed to its end: what is missing may lie there', async () => {
  const { store, ports } = world([LISTED, NEW], HOUR);
  expect(await tidy(ACCOUNT, ports, null)).toEqual({ sweptAt: null, troubled: 0 });
  expect(store.sweep).not.toHaveBeenCalled();
  expect(store.dropPast).toHaveBeenCalledWith([LISTED], HOUR);
});

it('tells how many folders cannot be read, and lets go for a week of nothing that may lie in them', async () => {
  const { store, ports } = world([LISTED, { ...LISTED, errorCode: 'EMAIL_FOLDER_BUSY' }], HOUR);
  expect(await tidy(ACCOUNT, ports, null)).toEqual({ sweptAt: HOUR, troubled: 1 });
  expect(store.sweep).toHaveBeenCalledWith(ACCOUNT, { now: HOUR, restMs: 7 * 24 * HOUR });
});

it('goes on removing beside a folder that could never be opened', async () => {
  const { store, ports } = world([LISTED, { ...NEW, errorCode: 'EMAIL_FOLDER_BUSY' }], HOUR);
  expect(await tidy(ACCOUNT, ports, null)).toEqual({ sweptAt: HOUR, troubled: 1 });
  expect(store.sweep).toHaveBeenCalledWith(ACCOUNT, { now: HOUR, restMs: 7 * 24 * HOUR });
});
