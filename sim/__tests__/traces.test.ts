import { MailError } from '../../src/server/errors/mail-error';
import type { UserId } from '../../src/server/mail/ids';
import type { ImapSession } from '../../src/server/providers/imap/session';
import { DatabaseMailboxStore } from '../../src/server/runtime/database-mailbox-store';
import { DatabaseSourceMessages } from '../../src/server/runtime/database-source-messages';
import { isTrace } from '../../src/server/runtime/traces';
import type { AttachmentRow, PlacementRow } from '../../src/server/ports/records';
import { OneMailbox, PLAIN } from './one-mailbox';

const USER = 1 as UserId;
jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

/** A mail in the inbox and a copy of it in the archive. */
beforeEach(async () => {
  mailbox = await OneMailbox.open(PLAIN);
  for (let count = 0; count < 6; count += 1) mailbox.server.deliver('INBOX');
  mailbox.server.copy('INBOX', new Set([2]), 'Archive');
  await mailbox.pass();
});

function cutAtMove(session: ImapSession): ImapSession {
  const move = session.move.bind(session);
  session.move = async (...how) => {
    await move(...how);
    throw new MailError('EMAIL_CONNECTION_LOST');
  };
  return session;
}

it.each([false, true])(
  'erased while its move is not answered, when another copy has left the target (seen by us: %s), a mail does not come back',
  async (isSeen) => {
    const threads = await mailbox.threadsOf('INBOX', [2]);
    await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), await mailbox.folder('Archive'));
    mailbox.server.expunge('Archive', new Set([1]));
    if (isSeen) await mailbox.pass();
    await expect(mailbox.push(cutAtMove(mailbox.session()))).rejects.toThrow();
    await mailbox.changes.erase(USER, threads, await mailbox.folder('Archive'));
    await mailbox.onwards(4);
    expect([mailbox.thereIn('Archive'), await mailbox.uids('Archive')]).toEqual([[], []]);
  },
);

describe('while one copy has left and something is wished of the other', () => {
  let row: PlacementRow;
  beforeEach(async () => {
    [row] = await mailbox.tables.placements.find({ folderId: (await mailbox.folder('Archive')).id, uid: 1 });
    await mailbox.changes.star(USER, await mailbox.threadsOf('INBOX', [2]), true);
    mailbox.server.expunge('INBOX', new Set([2]));
    await mailbox.pass();
    const rows = await mailbox.tables.placements.find({ messageId: row.messageId });
    expect(rows.filter(isTrace)).toHaveLength(1);
  });

  it('its files are fetched from where it is', async () => {
    const { tables } = mailbox;
    const file = { messageId: row.messageId, part: '2', filename: 'a', contentType: 'text/plain', sizeBytes: 1 };
    const own = { accountId: mailbox.account.id, userId: USER };
    const { id } = await tables.attachments.insert({ ...own, ...file } as Partial<AttachmentRow>);
    const { placement, folder } = await new DatabaseMailboxStore(tables).attachment(USER, id);
    expect([folder.path, placement.uidValidity === folder.epoch]).toEqual(['Archive', true]);
  });

  it('nothing more is wished of what has left', async () => {
    const { tables } = mailbox;
    await new DatabaseSourceMessages(tables).addFlag(row.messageId as never, '\\Answered');
    await mailbox.push();
    const rows = await tables.placements.find({ messageId: row.messageId });
    expect(rows.filter(isTrace)).toHaveLength(1);
    expect(rows.filter(({ hasIntent }) => hasIntent)).toEqual([]);
    expect(mailbox.thereIn('Archive')).toEqual(['2:1:\\Flagged,\\Answered']);
  });
});
