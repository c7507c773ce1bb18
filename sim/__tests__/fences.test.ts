import { MailError } from '../../src/server/errors/mail-error';
import { DatabaseAccountStore } from '../../src/server/runtime/database-account-store';
import { DatabaseMessageStore } from '../../src/server/runtime/database-message-store';
import { DatabaseSyncLog } from '../../src/server/runtime/database-sync-log';
import { OneMailbox } from './one-mailbox';

const mine = { node: 'one', fence: 1 };
let mailbox: OneMailbox;
beforeEach(async () => {
  mailbox = await OneMailbox.open();
  await mailbox.pass();
  const { id } = mailbox.account;
  await mailbox.tables.leases.insert({ accountId: id, owner: 'one', fence: 1, until: 0, requestedAt: 0 });
});
afterEach(() => mailbox.close());

/** What a worker writes beside mail. */
async function writes(): Promise<(() => Promise<void>)[]> {
  const { tables, account } = mailbox;
  const inbox = await mailbox.folder('INBOX');
  const entry = { accountId: account.id, userId: account.userId, event: 'failed' };
  return [
    () => new DatabaseAccountStore(tables, mine).update(account.id, { notBefore: 7, state: 'backing-off' }),
    () => new DatabaseMessageStore(tables, mine).markFolder(inbox, 'EMAIL_MOVE_REFUSED', 1),
    () => new DatabaseSyncLog(tables, mine).write(entry),
  ];
}

async function traces(): Promise<unknown[]> {
  const { tables, account } = mailbox;
  const row = await tables.accounts.first({ id: account.id });
  const { errorCode } = await mailbox.folder('INBOX');
  return [row?.notBefore, row?.state, errorCode, await tables.syncLog.count({})];
}

it('a worker with its lease writes', async () => {
  for (const write of await writes()) await write();
  expect(await traces()).toEqual([7, 'backing-off', 'EMAIL_MOVE_REFUSED', 1]);
});

it.each([
  ['another node has it', { owner: 'two', fence: 2 }],
  ['it was lost and won again', { owner: 'one', fence: 3 }],
])('a worker whose lease is lost writes nothing of the account: %s', async (_case, lease) => {
  await mailbox.tables.leases.update(lease, { accountId: mailbox.account.id });
  for (const write of await writes()) await expect(write()).rejects.toThrow(new MailError('EMAIL_LEASE_LOST'));
  expect(await traces()).toEqual([null, 'active', null, 0]);
});
