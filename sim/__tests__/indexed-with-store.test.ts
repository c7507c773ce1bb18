import { parseContent, parseHead } from '../../src/server/messages/parse-message';
import type { FolderRow } from '../../src/server/ports/records';
import type { ParsedMessage, ShallowPlacement } from '../../src/server/ports/stores';
import { DatabaseAccountStore } from '../../src/server/runtime/database-account-store';
import { DatabaseMessageStore } from '../../src/server/runtime/database-message-store';
import { DatabaseSearchIndex } from '../../src/server/runtime/database-search-index';
import { runIn, searchIndex } from '../../src/server/runtime/search/search-index';
import { sweepContents } from '../../src/server/runtime/sweep-contents';
import { searchedText } from '../../src/server/search/content-of';
import { indexTokens } from '../../src/server/search/index-tokens';
import { OneMailbox, PLAIN } from './one-mailbox';

const HEADER =
  'Message-ID: <one@x>\r\nFrom: "Änne" <a@x.test>\r\nTo: b@x.test\r\nCc: 山田 <c@x.test>\r\nSubject: Besprechung 会議\r\n';
const TEXT = `${HEADER}Date: Thu, 01 Jan 2026 10:00:00 +0000\r\n\r\nsome words\r\n> of an answer\r\n`;
const HTML = `${HEADER}Content-Type: text/html\r\n\r\n<style>p {}</style><p>only <b>markup</b></p>\r\n`;
const FILE = {
  part: '2',
  type: 'application/pdf',
  disposition: 'attachment',
  filename: 'Angebot.pdf',
  contentId: null,
};
const PARTS = [{ ...FILE, encodedBytes: 4, encoding: 'base64', parentType: 'multipart/mixed' }];

let box: OneMailbox;
let folder: FolderRow;
let placement: ShallowPlacement;
let store: DatabaseMessageStore;

/** A mailbox with one placement whose content is still to come. */
beforeEach(async () => {
  box = await OneMailbox.open(PLAIN);
  box.server.deliver('INBOX');
  await box.pass();
  const first = await box.tables.placements.first({});
  if (!first) throw new Error('nothing was stored');
  await box.tables.messages.remove({ id: first.messageId as number });
  folder = (await box.tables.folders.first({ id: first.folderId })) as FolderRow;
  placement = { ...first, placementId: first.id, messageId: null, id: `${first.uidValidity}:1` } as never;
  store = new DatabaseMessageStore(box.tables);
});
afterEach(() => box.close());

const read = (raw: string): Promise<ParsedMessage> =>
  parseContent({
    kind: 'source',
    id: placement.id,
    source: Buffer.from(raw),
    parts: PARTS,
    isCut: false,
    sizeBytes: raw.length,
  });
const put = (message: ParsedMessage, depth: 'head' | 'full') =>
  store.store(folder, [{ placement, message, isGivenUp: false }], depth);
const row = async () => {
  const known = await box.tables.messages.first({ messageId: 'one@x' });
  if (!known) throw new Error('the mail is not there');
  return known;
};

it.each([
  ['of plain text', TEXT],
  ['of HTML alone', HTML],
])('a mail %s is indexed with its storing, by the words that its rows would give', async (_what, raw) => {
  const message = await read(raw);
  expect(await put(message, 'full')).toBe(true);
  const { id, needsIndex, sentAt } = await row();
  expect(needsIndex).toBe(false);
  expect(await box.tables.searchEntries.first({ id })).toMatchObject({ accountId: folder.accountId, sentAt });

  await box.tables.messages.update({ needsIndex: true }, { id });
  const index = new DatabaseSearchIndex(box.tables, { node: 'n', fence: 1 });
  const { messages } = await index.stale(folder.accountId, 10, Date.now());
  const stored = messages.find((one) => one.id === id);
  if (!stored) throw new Error('not stale');
  const words = indexTokens({ ...stored, text: searchedText(stored.text, stored.html) });
  expect(words).toContain('znangebot');
  expect(message.words?.split(' ')).toEqual(words);
});

it('a header that was indexed alone is replaced, at the same time', async () => {
  const parsed = await read(TEXT);
  const head = await parseHead({ header: Buffer.from(TEXT), sizeBytes: TEXT.length, threadId: null });
  await put(head, 'head');
  const { id, needsIndex } = await row();
  expect(needsIndex).toBe(true);
  const index = await searchIndex(box.tables);
  await box.tables.messages.transaction((tx) =>
    index.insert(runIn(box.tables, tx), [
      { id, accountId: folder.accountId, userId: folder.userId, sentAt: 5, words: ['zwold'] },
    ]),
  );
  placement = { ...placement, messageId: id };
  expect(await put(parsed, 'full')).toBe(true);
  expect(await row()).toMatchObject({ id, needsIndex: false, isComplete: true });
  const found = async (word: string): Promise<number[]> =>
    box.tables.searchEntries.transaction(async (tx) => {
      const condition = index.condition([{ words: [word], isPrefix: false, isNegated: false }] as never);
      const rows = await runIn(
        box.tables,
        tx,
      )(`SELECT id FROM ${box.tables.searchEntries.quotedTable()} WHERE ${condition}`);
      return rows.map((one) => Number(one.id));
    });
  expect(await found('zwold')).toEqual([]);
  expect(await found('zwwords')).toEqual([id]);
});

it('a mail that is still not read in full keeps the time of its row, in the index as well', async () => {
  const unread = { ...(await read(TEXT)), errorCode: 'EMAIL_MESSAGE_UNREADABLE' as const };
  await put({ ...unread, date: null }, 'full');
  const { id, sentAt } = await row();
  expect(sentAt).toBe(placement.receivedAt);
  placement = { ...placement, messageId: id };
  expect(await put(unread, 'full')).toBe(true);
  expect([(await row()).sentAt, (await box.tables.searchEntries.first({ id }))?.sentAt]).toEqual([sentAt, sentAt]);
});

it('an index that does not work keeps no mail out: it is stored and marked', async () => {
  await searchIndex(box.tables);
  const { searchEntries } = box.tables;
  await searchEntries.transaction(async (tx) => {
    await runIn(box.tables, tx)(`DROP TABLE ${searchEntries.quotedTable().replace(/.$/, '_fts$&')}`);
  });
  expect(await put(await read(TEXT), 'full')).toBe(false);
  expect(await row()).toMatchObject({ subject: 'Besprechung 会議', isComplete: true, needsIndex: true });
});

it('what is to go goes, although the index is not there any more', async () => {
  await put(await read(TEXT), 'full');
  const { id } = await row();
  const { searchEntries, messages, placements, accounts } = box.tables;
  await searchEntries.transaction(async (tx) => {
    await runIn(box.tables, tx)(`DROP TABLE ${searchEntries.quotedTable().replace(/.$/, '_fts$&')}`);
  });
  await placements.remove({ messageId: id });
  const account = folder.accountId;
  const sweep = (now: number): Promise<number> =>
    sweepContents(box.tables, account, { now, restMs: 10 }, (work) => messages.transaction(work));
  expect(await sweep(1_000)).toBe(0);
  expect(await sweep(1_010)).toBe(1);
  expect([await messages.first({ id }), await searchEntries.first({ id })]).toEqual([null, null]);
  await put(await read(TEXT), 'full');
  await new DatabaseAccountStore(box.tables).remove(account);
  expect([await messages.count({ accountId: account }), await accounts.first({ id: account })]).toEqual([0, null]);
});

it('words that cannot be ours are refused, and the mail is stored without them', async () => {
  const message = { ...(await read(TEXT)), words: "zwgood x'); DROP" };
  expect(await put(message, 'full')).toBe(false);
  expect(await row()).toMatchObject({ errorCode: null, needsIndex: true });
});
