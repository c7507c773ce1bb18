import type { UserId } from '../../src/server/mail/ids';
import type { ImapSession } from '../../src/server/providers/imap/session';
import type { RemoteFolder } from '../../src/server/ports/session';
import { OneMailbox, PLAIN } from './one-mailbox';

const USER = 1 as UserId;
const NEWS = { kind: 'unknown', namesFlags: false, unseen: null } as const;
const NAME: RemoteFolder = { path: 'Work', name: 'Work', delimiter: '/', role: null, isSelectable: false, news: NEWS };
jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

/** Work is listed as a name alone: there are folders below it. */
function listed(): ImapSession {
  const session = mailbox.session();
  const list = session.listFolders.bind(session);
  session.listFolders = async (cursors) => [...(await list(cursors)), NAME];
  return session;
}

describe.each([[true], [false]])('a folder that is deleted and stays as a name (MAILBOXID: %s)', (objectId) => {
  beforeEach(async () => {
    mailbox = await OneMailbox.open({ ...PLAIN, objectId });
    mailbox.server.create('Work');
    for (let count = 0; count < 3; count += 1) mailbox.server.deliver('Work');
    await mailbox.pass();
    await mailbox.changes.erase(USER, await mailbox.threadsOf('Work', [1]), await mailbox.folder('Work'));
  });

  it('has no mails and no wishes any more', async () => {
    mailbox.server.folders.delete('Work');
    await mailbox.onwards(3, listed);
    expect(await mailbox.uids('Work')).toEqual([]);
    expect(await mailbox.tables.placements.find({ accountId: mailbox.account.id })).toEqual([]);
    expect(await mailbox.tables.folders.find({ isGone: true })).toEqual([]);
  });

  it('has handed them on where it was renamed', async () => {
    mailbox.server.rename('Work', 'Work-2');
    await mailbox.onwards(4, listed);
    expect(mailbox.thereIn('Work-2')).toEqual(['2:2:', '3:3:']);
    expect(await mailbox.uids('Work-2')).toEqual([2, 3]);
  });

  it('has its mails when it can be opened again', async () => {
    mailbox.server.rename('Work', 'Work-2');
    await mailbox.pass({ session: listed() });
    mailbox.server.rename('Work-2', 'Work');
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Work')).toEqual(['2:2:', '3:3:']);
    expect(await mailbox.uids('Work')).toEqual([2, 3]);
  });
});
