import type { UserId } from '../../src/server/mail/ids';
import { OneMailbox, PLAIN } from './one-mailbox';

const USER = 1 as UserId;
jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

const move = async (path: string, uid: number, target: string): Promise<void> => {
  const threads = await mailbox.threadsOf(path, [uid]);
  await mailbox.changes.move(USER, threads, await mailbox.folder(path), await mailbox.folder(target));
};
const erase = async (path: string, uid: number): Promise<void> =>
  void (await mailbox.changes.erase(USER, await mailbox.threadsOf(path, [uid]), await mailbox.folder(path)));

describe.each([
  ['', {}],
  [', no UIDPLUS', { uidplus: false }],
  [', MAILBOXID', { objectId: true }],
  [', QRESYNC', { condstore: true, qresync: true }],
])('a copy that lay elsewhere is not erased for one in a folder that is deleted (IMAP4rev1%s)', (_name, more) => {
  beforeEach(async () => {
    mailbox = await OneMailbox.open({ ...PLAIN, ...more });
    for (const path of ['A', 'B']) mailbox.server.create(path);
    for (let count = 0; count < 2; count += 1) mailbox.server.deliver('A');
  });

  it.each([false, true])('when its folder takes that name (with others in it: %s)', async (others) => {
    if (others) mailbox.server.deliver('B');
    mailbox.server.copy('A', new Set([1]), 'B');
    await mailbox.pass();
    await erase('A', 1);
    mailbox.server.folders.delete('A');
    mailbox.server.rename('B', 'A');
    const before = mailbox.thereIn('A');
    await mailbox.onwards(4);
    expect(mailbox.thereIn('A')).toEqual(before);
  });

  it('when it was copied there, unseen by us, before its folder takes that name', async () => {
    mailbox.server.deliver('B');
    await mailbox.pass();
    await erase('A', 1);
    mailbox.server.copy('A', new Set([1]), 'B');
    mailbox.server.folders.delete('A');
    mailbox.server.rename('B', 'A');
    const before = mailbox.thereIn('A');
    await mailbox.onwards(4);
    expect(mailbox.thereIn('A')).toEqual(before);
  });

  it.each([
    ['another program moves', () => Promise.resolve(mailbox.server.move('B', new Set([1]), 'A'))],
    ['we move', () => move('B', 1, 'A')],
  ])('when %s it into the folder that is made again', async (_who, moves) => {
    mailbox.server.copy('A', new Set([1]), 'B');
    await mailbox.pass();
    await erase('A', 1);
    mailbox.server.folders.delete('A');
    mailbox.server.create('A');
    await moves();
    await mailbox.onwards(4);
    expect(mailbox.thereIn('A')).toEqual(['1:1:']);
  });
});

describe.each([
  ['', {}],
  [', MAILBOXID', { objectId: true }],
])('what was erased does not come back when the UIDs of its folder begin anew (IMAP4rev1%s)', (_name, more) => {
  it('if it lies nowhere else', async () => {
    mailbox = await OneMailbox.open({ ...PLAIN, ...more });
    mailbox.server.create('A');
    for (let count = 0; count < 3; count += 1) mailbox.server.deliver('A');
    await mailbox.pass();
    await erase('A', 2);
    mailbox.server.resetUids('A');
    await mailbox.onwards(4);
    expect(mailbox.thereIn('A')).toEqual(['1:1:', '3:3:']);
  });
});
