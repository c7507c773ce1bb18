import type { UserId } from '../../src/server/mail/ids';
import type { ServerFeatures } from '../scripted-server';
import { OneMailbox, PLAIN } from './one-mailbox';

// UIDVALIDITY and UID name a mail in one folder only (RFC 9051 §2.3.1.1): another folder may have the same numbers.

const USER = 1 as UserId;
jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

const contents = (path: string): number[] => mailbox.thereIn(path).map((line) => Number(line.split(':')[0]));

/** Folder A with four mails, and a folder Z with another one, all folders with one UIDVALIDITY. */
async function open(more: Partial<ServerFeatures> = {}): Promise<void> {
  mailbox = await OneMailbox.open({ ...PLAIN, ...more });
  for (const path of ['INBOX', 'A', 'Z']) mailbox.server.create(path, 1);
  for (let count = 0; count < 4; count += 1) mailbox.server.deliver('A');
  mailbox.server.deliver('Z');
}

/** The first mail in A. */
async function erase(): Promise<void> {
  await mailbox.changes.erase(USER, await mailbox.threadsOf('A', [1]), await mailbox.folder('A'));
}

it.each([true, false])('a backup of a folder that is deleted then keeps its mails (MAILBOXID %s)', async (objectId) => {
  await open({ objectId });
  await mailbox.pass();
  await erase();
  mailbox.server.create('B', 1);
  mailbox.server.copy('A', new Set([1, 2, 3, 4]), 'B');
  mailbox.server.folders.delete('A');
  await mailbox.onwards(4);
  expect(contents('B')).toEqual([1, 2, 3, 4]);
});

it.each([true, false])('so does the last copy, put into a new folder (MAILBOXID %s)', async (objectId) => {
  await open({ objectId });
  mailbox.server.copy('A', new Set([1]), 'Z');
  await mailbox.pass();
  await erase();
  mailbox.server.create('B', 1);
  mailbox.server.move('Z', new Set([2]), 'B');
  mailbox.server.folders.delete('A');
  await mailbox.onwards(4);
  expect(contents('B')).toEqual([1]);
});

it('a folder that is another one by its MAILBOXID is told nothing, although a copy lies at the same UID', async () => {
  await open({ objectId: true });
  mailbox.server.create('B');
  mailbox.server.copy('A', new Set([1]), 'B');
  await mailbox.pass();
  await erase();
  mailbox.server.recreate('A');
  mailbox.server.move('B', new Set([1]), 'A');
  await mailbox.onwards(4);
  expect(contents('A')).toEqual([1]);
});

it('a backup that takes the name of its folder keeps its mails', async () => {
  await open({ objectId: true });
  mailbox.server.create('B', 1);
  mailbox.server.copy('A', new Set([1, 2, 3, 4]), 'B');
  await mailbox.pass();
  await erase();
  mailbox.server.rename('A', 'Old');
  mailbox.server.rename('B', 'A');
  await mailbox.onwards(4);
  expect(contents('A')).toEqual([1, 2, 3, 4]);
});

it('a rename is followed where one UIDVALIDITY is one folder, with what was wished', async () => {
  mailbox = await OneMailbox.open(PLAIN);
  mailbox.server.create('A');
  for (let count = 0; count < 4; count += 1) mailbox.server.deliver('A');
  await mailbox.pass();
  await erase();
  mailbox.server.rename('A', 'B');
  await mailbox.onwards(4);
  expect(contents('B')).toEqual([2, 3, 4]);
});
