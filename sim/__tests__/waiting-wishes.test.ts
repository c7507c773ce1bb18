import { MailError } from '../../src/server/errors/mail-error';
import type { UserId } from '../../src/server/mail/ids';
import type { ImapSession } from '../../src/server/providers/imap/session';
import { OneMailbox, PLAIN, whileMoving } from './one-mailbox';

const USER = 1 as UserId;

jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

/** A line that drops, or a folder that is busy, when it is looked at. */
function failingAt(
  path: string,
  code: 'EMAIL_CONNECTION_LOST' | 'EMAIL_FOLDER_BUSY',
  session: ImapSession,
): ImapSession {
  const observe = session.observe.bind(session);
  session.observe = (seen, look) => {
    if (seen === path) throw new MailError(code);
    return observe(seen, look);
  };
  return session;
}

describe('what is wished of mails in a folder that is renamed meanwhile', () => {
  const wished = async (objectId: boolean): Promise<void> => {
    mailbox = await OneMailbox.open({ ...PLAIN, objectId });
    mailbox.server.create('Work');
    for (let count = 0; count < 3; count += 1) mailbox.server.deliver('Work');
    await mailbox.pass();
    await mailbox.changes.erase(USER, await mailbox.threadsOf('Work', [1]), await mailbox.folder('Work'));
    await mailbox.changes.star(USER, await mailbox.threadsOf('Work', [2]), true);
  };

  it.each([[true], [false]])('reaches the server (MAILBOXID: %s)', async (objectId) => {
    await wished(objectId);
    mailbox.server.rename('Work', 'Work-2');
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Work-2')).toEqual(['2:2:\\Flagged', '3:3:']);
    expect(await mailbox.uids('Work-2')).toEqual([2, 3]);
    expect(await mailbox.folder('Work')).toBeNull();
  });

  it('waits until the folder with the new name can be read', async () => {
    await wished(false);
    mailbox.server.rename('Work', 'Work-2');
    for (let busy = 3; busy > 0; busy -= 1)
      await mailbox.pass({ session: failingAt('Work-2', 'EMAIL_FOLDER_BUSY', mailbox.session()) });
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Work-2')).toEqual(['2:2:\\Flagged', '3:3:']);
    expect(await mailbox.folder('Work')).toBeNull();
  });

  it('does not reach a copy that lay elsewhere before', async () => {
    await wished(false);
    const [first] = mailbox.server.need('Work').messages;
    mailbox.server.create('Other');
    mailbox.server.need('Other').messages.push({ ...first, uid: 1 });
    mailbox.server.need('Other').uidNext = 2;
    await mailbox.pass();
    mailbox.server.folders.delete('Work');
    await mailbox.onwards(4);
    expect(mailbox.thereIn('Other')).toEqual(['1:1:']);
    expect(await mailbox.folder('Work')).toBeNull();
  });
});

describe('what is wished of a mail while the server moves it', () => {
  const moving = async (features = PLAIN): Promise<readonly number[]> => {
    mailbox = await OneMailbox.open(features);
    mailbox.server.deliver('INBOX');
    mailbox.server.deliver('Archive');
    await mailbox.pass();
    return mailbox.threadsOf('INBOX', [1]);
  };

  it.each([
    ['is busy for a while', () => undefined],
    ['does not show it yet', () => void mailbox.hidden.add(2)],
  ])('waits for it where its folder %s', async (_why, trouble) => {
    const threads = await moving({ ...PLAIN, uidplus: false });
    const archive = await mailbox.folder('Archive');
    await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), archive);
    trouble();
    const late = mailbox.hidden.size > 0;
    const told = whileMoving(mailbox.session(), () => mailbox.changes.erase(USER, threads, archive));
    await mailbox.push(late ? told : failingAt('Archive', 'EMAIL_FOLDER_BUSY', told));
    await mailbox.pass(late ? {} : { session: failingAt('Archive', 'EMAIL_FOLDER_BUSY', mailbox.session()) });
    mailbox.hidden.clear();
    await mailbox.onwards(3);
    expect(mailbox.thereIn('Archive')).toEqual(['2:1:']);
    expect(await mailbox.uids('Archive')).toEqual([1]);
  });

  it('is given up after an hour in which it was never listed', async () => {
    const threads = await moving({ ...PLAIN, uidplus: false });
    const archive = await mailbox.folder('Archive');
    await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), archive);
    mailbox.hidden.add(2);
    await mailbox.push(whileMoving(mailbox.session(), () => mailbox.changes.star(USER, threads, true)));
    mailbox.server.need('Archive').messages.pop();
    await mailbox.pass();
    expect(await mailbox.uids('Archive')).toHaveLength(2);
    mailbox.time = Date.now() + 2 * 60 * 60_000;
    await mailbox.onwards(2);
    expect(await mailbox.uids('Archive')).toEqual([1]);
  });

  it.each(['erase', 'star'] as const)(
    'is not lost where its folder turns out to be a renamed one (%s)',
    async (what) => {
      const threads = await moving({ ...PLAIN, objectId: true });
      mailbox.server.rename('Archive', 'Archive-2');
      await expect(
        mailbox.pass({ session: failingAt('Archive-2', 'EMAIL_CONNECTION_LOST', mailbox.session()) }),
      ).rejects.toThrow();
      const fresh = await mailbox.folder('Archive-2');
      await mailbox.changes.move(USER, threads, await mailbox.folder('INBOX'), fresh);
      const wish = () =>
        what === 'erase' ? mailbox.changes.erase(USER, threads, fresh) : mailbox.changes.star(USER, threads, true);
      await mailbox.push(whileMoving(mailbox.session(), wish));
      await mailbox.onwards(4);
      expect(mailbox.thereIn('Archive-2')).toEqual(what === 'erase' ? ['2:1:'] : ['2:1:', '1:2:\\Flagged']);
    },
  );
});
