import { MailError } from '../../src/server/errors/mail-error';
import type { UserId } from '../../src/server/mail/ids';
import type { ImapSession } from '../../src/server/providers/imap/session';
import { FolderTrouble } from '../../src/server/sync/folder-trouble';
import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(60_000);

let mailbox: OneMailbox;
let trouble: FolderTrouble;
beforeEach(async () => {
  mailbox = await OneMailbox.open(PLAIN);
  trouble = new FolderTrouble();
  for (let left = 30; left > 0; left -= 1) mailbox.server.deliver('Archive');
  await mailbox.onwards(2);
});
afterEach(() => mailbox.close());

/** A line that lives on, on which Archive is left out of every list and cannot be opened. */
function lacking(): ImapSession {
  const one = mailbox.session();
  const list = one.listFolders.bind(one);
  one.listFolders = async (...how) => (await list(...how)).filter(({ path }) => path !== 'Archive');
  const busy = (): Promise<never> => Promise.reject(new MailError('EMAIL_FOLDER_BUSY'));
  const observe = one.observe.bind(one);
  one.observe = (path, look) => (path === 'Archive' ? busy() : observe(path, look));
  one.standing = busy;
  one.close = async () => undefined;
  return one;
}

const noSecond = (): Promise<never> => Promise.reject(new MailError('EMAIL_CONNECTION_LOST'));

it.each([false, true])(
  'what was deleted in a folder that lists leave out for seconds does not come back (second line: %s)',
  async (hasSecond) => {
    // When folders begin and are gone is written down by the real clock, and all of this takes a second.
    mailbox.time = Date.now();
    await mailbox.tables.folders.update({ begunAt: 1 }, { accountId: mailbox.account.id });
    const archive = await mailbox.folder('Archive');
    const [row] = await mailbox.tables.placements.find({ folderId: archive.id, uid: 7 });
    await mailbox.changes.erase(1 as UserId, [Number(row.threadId)], archive, { messages: [Number(row.messageId)] });
    const one = lacking();
    const second = async () => ({ session: lacking(), close: () => undefined });
    for (let pass = 0; pass < 2; pass += 1) {
      await mailbox.push(one);
      await mailbox.pass({ session: one, trouble, freshSession: hasSecond ? second : noSecond });
    }
    await mailbox.onwards(4);
    const { id } = await mailbox.folder('Archive');
    expect(await mailbox.tables.placements.find({ shownFolderId: id, messageId: row.messageId })).toEqual([]);
    expect(mailbox.server.need('Archive').messages).toHaveLength(29);
  },
);

it('a folder with many mails stays where no second line can be had, and goes an hour later on another line', async () => {
  const { id } = await mailbox.folder('Archive');
  const pass = (): Promise<void> => mailbox.pass({ session: lacking(), trouble, freshSession: noSecond });
  for (let left = 2; left > 0; left -= 1) await pass();
  expect(await mailbox.folder('Archive')).toMatchObject({ id, isGone: false, errorCode: 'EMAIL_FOLDER_BUSY' });
  mailbox.server.folders.delete('Archive');
  mailbox.time += 60 * 60_000;
  for (let left = 2; left > 0; left -= 1) await pass();
  expect(await mailbox.tables.folders.first({ id })).toBeNull();
});

it('nor may one that is new keep it: it may be the folder under another name', async () => {
  const { id } = await mailbox.folder('Archive');
  mailbox.server.rename('Archive', 'Archive 2026');
  for (let left = 2; left > 0; left -= 1) await mailbox.pass({ trouble, freshSession: noSecond });
  expect(await mailbox.tables.folders.first({ id })).toBeNull();
  expect(await mailbox.uids('Archive 2026')).toHaveLength(30);
});

it('a line on which something is doubted for an hour makes room for another one', () => {
  const [line, other] = [{}, {}];
  const place = { path: 'Archive' };
  expect(trouble.doubt(place, line, 0)).toBe(false);
  expect([trouble.wantsAnother(line, 59 * 60_000), trouble.wantsAnother(line, 60 * 60_000)]).toEqual([false, true]);
  expect(trouble.wantsAnother(other, 60 * 60_000)).toBe(false);
  trouble.wentWell(place);
  expect(trouble.wantsAnother(line, 60 * 60_000)).toBe(false);
});
