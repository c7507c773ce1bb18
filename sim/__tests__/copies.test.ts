import type { UserId } from '../../src/server/mail/ids';
import { OneMailbox, PLAIN } from './one-mailbox';

const USER = 1 as UserId;
jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

/** A mail in Work that is to be erased, with a copy of it elsewhere, which nobody means. */
async function begin(copy: string): Promise<void> {
  mailbox = await OneMailbox.open(PLAIN);
  for (const path of ['Work', 'Other']) mailbox.server.create(path);
  for (let count = 0; count < 3; count += 1) mailbox.server.deliver('Work');
  mailbox.server.copy('Work', new Set([1]), copy);
  await mailbox.onwards(2);
  await mailbox.changes.erase(USER, await mailbox.threadsOf('Work', [1]), await mailbox.folder('Work'));
}

describe('a copy of a mail that was erased in a folder that is deleted stays', () => {
  it('in a folder of which an earlier version did not write down when its UIDs began', async () => {
    await begin('Archive');
    await mailbox.tables.folders.update({ begunAt: null }, { accountId: mailbox.account.id });
    mailbox.server.folders.delete('Work');
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Archive')).toEqual(['1:1:']);
    expect(await mailbox.folder('Work')).toBeNull();
  });

  it('in a folder whose UIDs begin anew at that time', async () => {
    await begin('Archive');
    mailbox.server.folders.delete('Work');
    mailbox.server.resetUids('Archive');
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Archive')).toEqual(['1:1:']);
  });

  it('in a folder that a list lacked shortly before', async () => {
    await begin('Archive');
    const session = mailbox.session();
    const list = session.listFolders.bind(session);
    session.listFolders = async (cursors) => (await list(cursors)).filter(({ path }) => path === 'INBOX');
    await mailbox.pass({ session });
    mailbox.server.folders.delete('Work');
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Archive')).toEqual(['1:1:']);
  });

  it('in a new folder into which it was copied from elsewhere', async () => {
    await begin('Archive');
    mailbox.server.folders.delete('Work');
    mailbox.server.create('New');
    mailbox.server.copy('Archive', new Set([1]), 'New');
    await mailbox.onwards(4);
    expect([mailbox.thereIn('Archive'), mailbox.thereIn('New')]).toEqual([['1:1:'], ['1:1:']]);
  });
});

it.each([
  ['A', [[], ['1:1:', '2:2:']]],
  ['B', [['1:1:'], ['2:2:']]],
])('of two copies in folders whose parent is renamed the one in %s is erased that was meant', async (where, left) => {
  mailbox = await OneMailbox.open(PLAIN);
  for (const path of ['Clients/A', 'Clients/B']) mailbox.server.create(path);
  for (let count = 0; count < 2; count += 1) mailbox.server.deliver('Clients/B');
  mailbox.server.copy('Clients/B', new Set([1]), 'Clients/A');
  await mailbox.onwards(2);
  const path = `Clients/${where}`;
  await mailbox.changes.erase(USER, await mailbox.threadsOf(path, [1]), await mailbox.folder(path));
  for (const one of ['A', 'B']) mailbox.server.rename(`Clients/${one}`, `Customers/${one}`);
  await mailbox.onwards(4);
  expect([mailbox.thereIn('Customers/A'), mailbox.thereIn('Customers/B')]).toEqual(left);
});
