import type { UserId } from '../../src/server/mail/ids';
import { DatabaseSourceMessages } from '../../src/server/runtime/database-source-messages';
import { OneMailbox } from './one-mailbox';

const USER = 1 as UserId;

it('what is wished of a mail while it is marked as answered stays wished', async () => {
  const mailbox = await OneMailbox.open();
  mailbox.server.deliver('INBOX');
  await mailbox.pass();
  const [{ messageId }] = await mailbox.tables.placements.find({});
  const threads = await mailbox.threadsOf('INBOX', [1]);
  const stars: Promise<unknown>[] = [];
  const { placements } = mailbox.tables;
  const find: typeof placements.find = async (...how) => {
    const rows = await placements.find(...how);
    if (stars.length === 0) stars.push(mailbox.changes.star(USER, threads, true));
    // It may have to wait until the mark is written.
    await Promise.race([...stars, new Promise((resolve) => setTimeout(resolve, 200))]);
    return rows;
  };
  const watched = new Proxy(placements, {
    get: (target, name): unknown => (name === 'find' ? find : Reflect.get(target, name)),
  });
  const messages = new DatabaseSourceMessages({ ...mailbox.tables, placements: watched });
  await messages.addFlag(messageId as NonNullable<typeof messageId>, '\\Answered');
  await Promise.all(stars);
  await mailbox.push();
  expect([...mailbox.server.need('INBOX').messages[0].flags].sort()).toEqual(['\\Answered', '\\Flagged']);
  await mailbox.close();
});
