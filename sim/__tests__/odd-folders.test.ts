import { lastLookAt } from '../../src/server/accounts/account-health';
import { MailError } from '../../src/server/errors/mail-error';
import type { UserId } from '../../src/server/mail/ids';
import type { FolderRow } from '../../src/server/ports/records';
import { ImapSession } from '../../src/server/providers/imap/session';
import { DatabaseMessageStore } from '../../src/server/runtime/database-message-store';
import { FolderTrouble } from '../../src/server/sync/folder-trouble';
import { ScriptedClient } from '../scripted-client';
import { OneMailbox, PLAIN } from './one-mailbox';

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

it('a folder that kept losing the line is looked at again once it goes well under another name', async () => {
  mailbox = await OneMailbox.open({ ...PLAIN, objectId: true });
  mailbox.server.create('Work');
  mailbox.server.deliver('Work');
  const store = new DatabaseMessageStore(mailbox.tables);
  const trouble = new FolderTrouble();
  const folderFailed = (folder: FolderRow, { code }: MailError) => store.markFolder(folder, code, mailbox.time);
  await mailbox.pass({ trouble, folderFailed });
  for (let losses = 3; losses > 0; losses -= 1) {
    mailbox.server.deliver('Work');
    const session = mailbox.session();
    const observe = session.observe.bind(session);
    session.observe = (path, look) => {
      if (path === 'Work') throw new MailError('EMAIL_CONNECTION_LOST');
      return observe(path, look);
    };
    await expect(mailbox.pass({ trouble, folderFailed, session })).rejects.toThrow();
  }
  expect((await mailbox.folder('Work')).errorCode).toBe('EMAIL_CONNECTION_LOST');
  mailbox.server.rename('Work', 'Work-2');
  await mailbox.pass({ trouble, folderFailed });
  mailbox.server.deliver('Work-2');
  await mailbox.pass({ trouble, folderFailed });
  expect(await mailbox.uids('Work-2')).toEqual([1, 2, 3, 4, 5]);
});

it.each([true, false])(
  'a process that dies before a look is written down leaves no folder “not yet looked at” (CONDSTORE: %s)',
  async (condstore) => {
    mailbox = await OneMailbox.open({ ...PLAIN, condstore });
    mailbox.server.deliver('Archive');
    const store = new DatabaseMessageStore(mailbox.tables);
    const finishLooks = store.finishLooks.bind(store);
    store.finishLooks = (account, looks, now) => {
      if (looks[0].folder.path === 'Archive') throw new Error('killed');
      return finishLooks(account, looks, now);
    };
    await expect(mailbox.pass({ store })).rejects.toThrow('killed');
    await mailbox.pass();
    const [account] = await mailbox.tables.accounts.find({});
    expect(lastLookAt(await mailbox.folder('Archive'), account)).toBe(account.lastPassAt);
  },
);

it('a folder that is listed twice is one, and keeps none that was deleted', async () => {
  mailbox = await OneMailbox.open();
  mailbox.server.create('Old');
  mailbox.server.deliver('Old');
  const twice = (): ImapSession => {
    const client = new ScriptedClient(mailbox.server).asClient();
    const list = client.list.bind(client);
    client.list = async (options) => {
      const all = await list(options);
      return [...all, ...all.filter(({ path }) => path === 'Archive')];
    };
    return new ImapSession(client);
  };
  await mailbox.pass({ session: twice() });
  mailbox.server.folders.delete('Old');
  for (let passes = 2; passes > 0; passes -= 1) await mailbox.pass({ session: twice() });
  expect(await mailbox.folder('Old')).toBeNull();
});

it('a folder that is marked read twice at once is read, and nobody is told otherwise', async () => {
  mailbox = await OneMailbox.open();
  for (let count = 30; count > 0; count -= 1) mailbox.server.deliver('INBOX');
  await mailbox.pass();
  const inbox = await mailbox.folder('INBOX');
  const mark = () => mailbox.changes.markFolder(1 as UserId, inbox);
  await expect(Promise.all([mark(), mark()])).resolves.toHaveLength(2);
  expect(await mailbox.tables.placements.count({ isSeen: false })).toBe(0);
});
