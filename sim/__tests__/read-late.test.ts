import { parseContent, unreadableMessage } from '../../src/server/messages/parse-message';
import type { FolderRow } from '../../src/server/ports/records';
import type { ShallowPlacement } from '../../src/server/ports/stores';
import { DatabaseMessageStore } from '../../src/server/runtime/database-message-store';
import { OneMailbox, PLAIN } from './one-mailbox';

let box: OneMailbox;
afterEach(() => box?.close());

const read = (raw: string) =>
  parseContent({
    kind: 'source',
    id: '1:1' as ShallowPlacement['id'],
    source: Buffer.from(raw),
    parts: [],
    isCut: false,
    sizeBytes: raw.length,
  });

// With EMAILID a mail is known by the server's word, so what was given up and what is read later are one row.
it('a mail that was given up and can be read later gets its sender, subject and conversation, too', async () => {
  box = await OneMailbox.open({ ...PLAIN, objectId: true });
  box.server.deliver('INBOX');
  box.server.deliver('INBOX');
  await box.pass();
  const { messages, placements } = box.tables;
  const [first, second] = await placements.find({}, { order: [['uid', 'ASC']] });
  const store = new DatabaseMessageStore(box.tables);
  const folder = (await box.tables.folders.first({ id: first.folderId })) as FolderRow;
  const placement = { ...first, placementId: first.id, id: `${first.uidValidity}:1` } as unknown as ShallowPlacement;

  // As it is after the eighth try.
  await messages.remove({ id: first.messageId as number });
  const nothing = { placement: { ...placement, messageId: null }, message: unreadableMessage(10), isGivenUp: true };
  await store.store(folder, [nothing], 'full');
  const given = await messages.first({ errorCode: 'EMAIL_MESSAGE_UNREADABLE' });
  expect(given).toMatchObject({ subject: '', messageId: null });

  const other = (await messages.first({ id: second.messageId as number }))?.messageId;
  const message = await read(
    `Message-ID: <late@x>\r\nIn-Reply-To: <${other}>\r\nFrom: "Ann" <ann@x.test>\r\nTo: bob@x.test\r\nDate: Thu, 01 Jan 2026 10:00:00 +0000\r\nSubject: late\r\n\r\nwords\r\n`,
  );
  const again = { placement: { ...placement, messageId: given?.id ?? null }, message, isGivenUp: false };
  await store.store(folder, [again], 'full');
  expect(await messages.first({ id: given?.id })).toMatchObject({
    messageId: 'late@x',
    subject: 'late',
    from: { address: 'ann@x.test' },
    to: [{ address: 'bob@x.test' }],
    sentAt: Date.UTC(2026, 0, 1, 10),
    text: expect.stringContaining('words'),
    errorCode: null,
  });
  await box.pass();
  const rows = await placements.find({}, { order: [['uid', 'ASC']] });
  expect(rows[0].threadId).toBe(rows[1].threadId);
});

it('of two copies that come together, the one that could be read well is kept, with its files', async () => {
  box = await OneMailbox.open({ ...PLAIN, objectId: true });
  box.server.deliver('INBOX');
  await box.pass();
  const { attachments, messages, placements } = box.tables;
  const first = await placements.first({});
  if (!first) throw new Error('nothing was stored');
  const store = new DatabaseMessageStore(box.tables);
  const folder = (await box.tables.folders.first({ id: first.folderId })) as FolderRow;
  await messages.remove({ id: first.messageId as number });
  const placement = { ...first, placementId: first.id, messageId: null } as unknown as ShallowPlacement;
  const message = await read('Message-ID: <two@x>\r\nSubject: two\r\n\r\nwords\r\n');
  const file = { part: '2', filename: 'a.pdf', contentType: 'application/pdf', contentId: null, sizeBytes: 3 };
  const bare = { ...message, errorCode: 'EMAIL_MESSAGE_UNREADABLE' as const };
  const whole = { ...message, attachments: [{ ...file, isInline: false }] };
  const copies = [bare, whole].map((one, at) => ({
    placement: { ...placement, id: `${first.uidValidity}:${at + 1}` as ShallowPlacement['id'] },
    message: one,
    isGivenUp: false,
  }));
  for (const order of [copies, [...copies].reverse()]) {
    await messages.remove({ subject: 'two' });
    await store.store(folder, order, 'full');
    const kept = await messages.first({ subject: 'two' });
    expect(kept).toMatchObject({ errorCode: null, hasAttachments: true, isComplete: true, needsIndex: false });
    expect(await attachments.find({ messageId: kept?.id })).toMatchObject([{ filename: 'a.pdf' }]);
  }
});
