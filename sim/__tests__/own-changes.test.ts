import { OneMailbox } from './one-mailbox';

let mailbox: OneMailbox;
beforeEach(async () => {
  mailbox = await OneMailbox.open();
  for (let count = 0; count < 30; count += 1) mailbox.server.deliver('INBOX');
  await mailbox.pass();
  mailbox.fetched = [];
});
afterEach(() => mailbox.close());

const everything = (): string[] => mailbox.fetched.filter((range) => /^1:\d+$/.test(range));

async function move(uids: readonly number[]): Promise<void> {
  const threads = await mailbox.threadsOf('INBOX', uids);
  await mailbox.changes.move(1 as never, threads, await mailbox.folder('INBOX'), await mailbox.folder('Archive'));
}

it('what was moved here is not looked for in the folder it left', async () => {
  await move([5, 9]);
  await mailbox.push();
  expect((await mailbox.folder('INBOX')).departed).toBe(2);
  await mailbox.pass();
  expect(everything()).toEqual([]);
  expect((await mailbox.folder('INBOX')).departed).toBe(0);
  expect(await mailbox.uids('INBOX')).toHaveLength(28);
});

it('what was erased here is not looked for either', async () => {
  const threads = await mailbox.threadsOf('INBOX', [5]);
  await mailbox.changes.erase(1 as never, threads, await mailbox.folder('INBOX'));
  await mailbox.push();
  await mailbox.pass();
  expect(everything()).toEqual([]);
  expect(await mailbox.uids('INBOX')).toHaveLength(29);
});

it('what somebody else removes at the same time is found', async () => {
  await move([5]);
  await mailbox.push();
  mailbox.server.expunge('INBOX', new Set([20]));
  await mailbox.pass();
  expect(everything()).not.toEqual([]);
  expect(await mailbox.uids('INBOX')).toHaveLength(28);
});

it('a mail that somebody else removed before we moved it is not counted twice', async () => {
  mailbox.server.expunge('INBOX', new Set([5]));
  await move([5]);
  await mailbox.push();
  await mailbox.pass();
  expect(everything()).toEqual([]);
  mailbox.server.expunge('INBOX', new Set([20]));
  await mailbox.pass();
  expect(await mailbox.uids('INBOX')).toHaveLength(28);
});

it('rows from before this was counted count nothing', async () => {
  await mailbox.tables.folders.update({ departed: null }, { path: 'INBOX' });
  await move([5]);
  await mailbox.push();
  expect((await mailbox.folder('INBOX')).departed).toBe(1);
});
