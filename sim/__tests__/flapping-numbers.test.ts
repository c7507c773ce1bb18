import type { UserId } from '../../src/server/mail/ids';
import { OneMailbox, PLAIN } from './one-mailbox';

const USER = 1 as UserId;
jest.setTimeout(120_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

/** Every connection finds another UIDVALIDITY, with all messages under new UIDs: seen of servers whose index does not last. */
async function connections(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) {
    mailbox.server.resetUids('Archive');
    mailbox.time += 40 * 60_000;
    await mailbox.pass();
    await mailbox.push();
  }
}

it.each([{}, { condstore: true }, { objectId: true }, { condstore: true, qresync: true }])(
  'a folder whose UIDVALIDITY is another one on every connection keeps its mails, their rows and what is wished of them (%j)',
  async (more) => {
    mailbox = await OneMailbox.open({ ...PLAIN, ...more });
    for (let count = 0; count < 8; count += 1) mailbox.server.deliver('Archive');
    await mailbox.pass();
    const ids = async (): Promise<number[]> =>
      (await mailbox.tables.messages.find({}, { order: ['id'] })).map(({ id }) => id);
    const [mails, threads] = [await ids(), await mailbox.threadsOf('Archive', await mailbox.uids('Archive'))];
    await mailbox.changes.star(USER, await mailbox.threadsOf('Archive', [2]), true);
    await connections(6);
    mailbox.server.deliver('Archive');
    await connections(2);
    expect((await ids()).slice(0, 8)).toEqual(mails);
    expect(await ids()).toHaveLength(9);
    expect(await mailbox.tables.placements.count({})).toBe(9);
    expect((await mailbox.threadsOf('Archive', await mailbox.uids('Archive'))).slice(0, threads.length).length).toBe(
      threads.length,
    );
    const starred = mailbox.thereIn('Archive').filter((line) => line.endsWith('\\Flagged'));
    expect(starred.map((line) => line.split(':')[0])).toEqual(['2']);
  },
);
