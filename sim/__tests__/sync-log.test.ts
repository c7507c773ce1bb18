import { DatabaseSyncLog } from '../../src/server/runtime/database-sync-log';
import { OneMailbox } from './one-mailbox';

jest.setTimeout(120_000);

let mailbox: OneMailbox;
beforeEach(async () => {
  mailbox = await OneMailbox.open();
});
afterEach(() => mailbox.close());

const line = (event: string) => ({ accountId: mailbox.account.id, userId: mailbox.account.userId, event });

/** Lines as if they had been written at that time. */
async function lines(count: number, at: number): Promise<void> {
  const { id: accountId, userId } = mailbox.account;
  const row = { accountId, userId, event: 'failed', at, folderId: null, code: null, counts: null };
  await mailbox.tables.syncLog.insertMany(Array.from({ length: count }, () => row));
}

it('keeps two weeks of what it did', async () => {
  const day = 24 * 60 * 60_000;
  await lines(3, Date.now() - 14 * day - 60_000);
  await lines(2, Date.now() - 14 * day + 60_000);
  await new DatabaseSyncLog(mailbox.tables).write(line('synced'));
  expect(await mailbox.tables.syncLog.count({})).toBe(3);
});

it('keeps the newest 2,000 lines of an account, also after a restart, and those of others', async () => {
  await lines(2_500, Date.now());
  const other = {
    ...line('synced'),
    accountId: mailbox.account.id,
    at: Date.now(),
    folderId: null,
    code: null,
    counts: null,
  };
  const { id } = await mailbox.tables.syncLog.insert({ ...other, accountId: 999 as never });
  const log = new DatabaseSyncLog(mailbox.tables);
  await log.write(line('first'));
  const own = { accountId: mailbox.account.id };
  expect(await mailbox.tables.syncLog.count(own)).toBe(2_000);
  expect((await log.newest(mailbox.account.id, null, 1))[0].event).toBe('first');
  expect(await mailbox.tables.syncLog.count({ id })).toBe(1);
  for (let count = 0; count < 200; count += 1) await log.write(line('failed'));
  expect(await mailbox.tables.syncLog.count(own)).toBeLessThanOrEqual(2_200);
  await log.write(line('failed'));
  expect(await mailbox.tables.syncLog.count(own)).toBeLessThanOrEqual(2_001);
});
