import type { MessageRow } from '../../src/server/ports/records';
import { OneMailbox } from './one-mailbox';

// A mail keeps its row, on which notes, labels and links of people hang, although for a while nobody knows where it lies.

const HOUR = 60 * 60_000;
let box: OneMailbox;
beforeEach(async () => {
  box = await OneMailbox.open();
  box.server.deliver('INBOX');
  await box.pass();
});
afterEach(() => box.close());

const messages = (): Promise<MessageRow[]> => box.tables.messages.find({ accountId: box.account.id });
const THE_ONLY: ReadonlySet<number> = new Set([1]);

/** A look that comes when the mail has left the inbox, after one at the archive, into which it was moved later. */
async function missed(): Promise<void> {
  box.time += 2 * HOUR;
  await box.pass();
  const [one] = box.server.need('INBOX').messages;
  box.server.expunge('INBOX', THE_ONLY);
  await box.pass();
  box.server.put('Archive', one);
}

it('a mail that another program moves behind our back keeps its row, however old it is', async () => {
  const [before] = await messages();
  await missed();
  expect((await messages()).map(({ id }) => id)).toEqual([before.id]);
  await box.pass();
  expect((await messages()).map(({ id, orphanedAt }) => [id, orphanedAt])).toEqual([[before.id, null]]);
  expect(await box.uids('Archive')).toHaveLength(1);
});

it('what was found again is no orphan: when it leaves once more, it has its hour once more', async () => {
  await missed();
  box.time += 2 * HOUR;
  await box.pass();
  box.server.expunge('Archive', THE_ONLY);
  await box.pass();
  expect(await messages()).toHaveLength(1);
});

it('what is gone goes after an hour', async () => {
  box.server.expunge('INBOX', THE_ONLY);
  await box.pass();
  expect(await messages()).toHaveLength(1);
  box.time += HOUR + 1_000;
  await box.pass();
  expect(await messages()).toEqual([]);
});

it('where a folder cannot be read, what may lie in it stays for a week', async () => {
  const archive = await box.folder('Archive');
  box.server.expunge('INBOX', THE_ONLY);
  await box.pass();
  for (const [after, left] of [
    [2 * HOUR, 1],
    [8 * 24 * HOUR, 0],
  ]) {
    box.time += after;
    await box.tables.folders.update({ errorCode: 'EMAIL_FOLDER_BUSY', errorAt: 1 }, { id: archive.id });
    await box.tidy();
    expect(await messages()).toHaveLength(left);
  }
});
