import { MailError } from '../../src/server/errors/mail-error';
import { FolderTrouble } from '../../src/server/sync/folder-trouble';
import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

const deliver = (times: number): void => {
  for (let count = 0; count < times; count += 1) mailbox.server.deliver('Archive');
};

it.each([{}, { condstore: true }, { objectId: true }, { condstore: true, qresync: true }])(
  'a folder that begins anew between a suspicious look and the second one has what is there (%j)',
  async (more) => {
    mailbox = await OneMailbox.open({ ...PLAIN, ...more });
    deliver(30);
    await mailbox.pass();
    const old = mailbox.server.need('Archive').messages.slice(0, 25);
    mailbox.server.expunge('Archive', new Set(old.map(({ uid }) => uid)));
    let isAnew = false;
    await mailbox.pass({
      freshSession: async () => {
        if (!isAnew) {
          mailbox.server.folders.delete('Archive');
          mailbox.server.create('Archive');
          deliver(30);
        }
        isAnew = true;
        const session = mailbox.session();
        return { session, close: () => session.close() };
      },
    });
    expect(isAnew).toBe(true);
    for (let count = 0; count < 2; count += 1) await mailbox.pass();
    const { id, epoch } = await mailbox.folder('Archive');
    const rows = await mailbox.tables.placements.find({ folderId: id });
    expect(rows.filter(({ messageId, uidValidity }) => messageId !== null && uidValidity === epoch)).toHaveLength(30);
    expect(rows).toHaveLength(30);
  },
);

it.each([{}, { condstore: true }])(
  'what a first look lacked and a second one has is forgotten nowhere (%j)',
  async (more) => {
    mailbox = await OneMailbox.open({ ...PLAIN, ...more });
    deliver(30);
    await mailbox.pass();
    const archive = mailbox.server.need('Archive');
    const all = archive.messages;
    const rows = (): Promise<{ id: number }[]> =>
      mailbox.tables.placements.find({}, { attributes: ['id'], order: ['id'] });
    const before = await rows();
    archive.messages = all.slice(25);
    let looks = 0;
    mailbox.time += 40 * 60_000;
    await mailbox.pass({
      freshSession: async () => {
        looks += 1;
        archive.messages = all;
        const session = mailbox.session();
        return { session, close: () => session.close() };
      },
    });
    expect([looks, await rows()]).toEqual([1, before]);
  },
);

it.each(['EMAIL_SERVER_UNREACHABLE', 'EMAIL_CONNECTION_LOST', 'EMAIL_LOGIN_REFUSED'] as const)(
  'where no second line can be had (%s) a folder forgets nothing, says so, and holds up no other one',
  async (code) => {
    mailbox = await OneMailbox.open(PLAIN);
    deliver(30);
    mailbox.server.create('Work');
    await mailbox.pass();
    mailbox.server.expunge('Archive', new Set(Array.from({ length: 25 }, (_none, at) => at + 1)));
    mailbox.server.deliver('Work');
    mailbox.time += 40 * 60_000;
    await mailbox.pass({ freshSession: () => Promise.reject(new MailError(code)) });
    expect((await mailbox.uids('Archive')).length).toBe(30);
    expect((await mailbox.folder('Archive')).errorCode).toBe('EMAIL_FOLDER_BUSY');
    expect(await mailbox.uids('Work')).toEqual([1]);
    await mailbox.onwards(1);
    expect((await mailbox.uids('Archive')).length).toBe(5);
    expect((await mailbox.folder('Archive')).errorCode).toBeNull();
  },
);

describe('a list that lacks a folder with many mails', () => {
  let archive: ReturnType<OneMailbox['server']['need']>;
  beforeEach(async () => {
    mailbox = await OneMailbox.open(PLAIN);
    deliver(20);
    await mailbox.pass();
    archive = mailbox.server.need('Archive');
    mailbox.server.folders.delete('Archive');
  });

  it('is asked for once more on another line, which counts', async () => {
    let lines = 0;
    for (let pass = 0; pass < 3; pass += 1) {
      await mailbox.pass({
        freshSession: async () => {
          lines += 1;
          mailbox.server.folders.set('Archive', archive);
          const session = mailbox.session();
          return { session, close: () => session.close() };
        },
      });
      expect(await mailbox.folder('Archive')).toMatchObject({ isGone: false, goneAt: null });
      mailbox.server.folders.delete('Archive');
    }
    expect([lines, (await mailbox.uids('Archive')).length]).toEqual([3, 20]);
  });

  it('is believed where there is no other line an hour later on a new one, and goes with the next list', async () => {
    const freshSession = () => Promise.reject(new MailError('EMAIL_SERVER_UNREACHABLE'));
    const none = { freshSession, trouble: new FolderTrouble() };
    await mailbox.pass(none);
    expect(await mailbox.folder('Archive')).toMatchObject({ isGone: false });
    mailbox.time += 60 * 60_000;
    await mailbox.pass(none);
    expect(await mailbox.folder('Archive')).toMatchObject({ isGone: true });
    await mailbox.pass(none);
    expect(await mailbox.folder('Archive')).toBeNull();
  });
});
