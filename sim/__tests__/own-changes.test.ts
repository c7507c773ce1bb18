import { DatabaseMessageStore } from '../../src/server/runtime/database-message-store';
import { OneMailbox, PLAIN } from './one-mailbox';

let mailbox: OneMailbox;
beforeEach(async () => {
  mailbox = await OneMailbox.open();
  for (let count = 0; count < 30; count += 1) mailbox.server.deliver('INBOX');
  await mailbox.pass();
  mailbox.fetched = [];
});
afterEach(() => mailbox.close());

/** The inbox has some thirty. */
const everything = (): string[] => mailbox.fetched.filter((range) => /^1:\d\d$/.test(range));

async function move(uids: readonly number[]): Promise<void> {
  const threads = await mailbox.threadsOf('INBOX', uids);
  await mailbox.changes.move(1 as never, threads, await mailbox.folder('INBOX'), await mailbox.folder('Archive'));
}

it('what was moved here is not looked for in the folder it left', async () => {
  await move([5, 9]);
  await mailbox.push();
  expect((await mailbox.folder('INBOX')).departed).toBe(2);
  await mailbox.pass();
  expect(everything()).toEqual([]);
  expect((await mailbox.folder('INBOX')).departed).toBe(0);
  expect(await mailbox.uids('INBOX')).toHaveLength(28);
});

it('what was erased here is not looked for either', async () => {
  const threads = await mailbox.threadsOf('INBOX', [5]);
  await mailbox.changes.erase(1 as never, threads, await mailbox.folder('INBOX'));
  await mailbox.push();
  await mailbox.pass();
  expect(everything()).toEqual([]);
  expect(await mailbox.uids('INBOX')).toHaveLength(29);
});

it('what somebody else removes at the same time is found', async () => {
  await move([5]);
  await mailbox.push();
  mailbox.server.expunge('INBOX', new Set([20]));
  await mailbox.pass();
  expect(everything()).not.toEqual([]);
  expect(await mailbox.uids('INBOX')).toHaveLength(28);
});

it('a mail that somebody else removed before we moved it is not counted twice', async () => {
  mailbox.server.expunge('INBOX', new Set([5]));
  await move([5]);
  await mailbox.push();
  await mailbox.pass();
  expect(everything()).toEqual([]);
  mailbox.server.expunge('INBOX', new Set([20]));
  await mailbox.pass();
  expect(await mailbox.uids('INBOX')).toHaveLength(28);
});

it('a server that says yes to a move and moves nothing: the mail is here again', async () => {
  const move_ = mailbox.server.move.bind(mailbox.server);
  mailbox.server.move = () => new Map();
  await move([5]);
  await mailbox.push();
  mailbox.server.move = move_;
  await mailbox.pass();
  expect(await mailbox.uids('INBOX')).toHaveLength(30);
});

it('a list that lacks a folder once takes nothing away', async () => {
  const { id } = await mailbox.folder('Archive');
  const archive = mailbox.server.need('Archive');
  mailbox.server.folders.delete('Archive');
  await mailbox.pass();
  mailbox.server.folders.set('Archive', archive);
  await mailbox.pass();
  expect(await mailbox.folder('Archive')).toMatchObject({ id, isGone: false });
  mailbox.server.folders.delete('Archive');
  await mailbox.pass();
  await mailbox.pass();
  expect(await mailbox.folder('Archive')).toBeNull();
});

it('a refused flag takes back nothing that was wished after it', async () => {
  const threads = await mailbox.threadsOf('INBOX', [5]);
  await mailbox.changes.star(1 as never, threads, true);
  await mailbox.changes.mark(1 as never, threads, true);
  const inbox = await mailbox.folder('INBOX');
  const [row] = await mailbox.tables.placements.find({ folderId: inbox.id, uid: 5 });
  const store = new DatabaseMessageStore(mailbox.tables);
  await store.undoFlags(mailbox.account.id, [row.id], { add: ['\\Flagged'], remove: [] });
  const [now] = await mailbox.tables.placements.find({ id: row.id });
  expect([now.isSeen, now.hasIntent, now.intent]).toEqual([true, true, { add: ['\\Seen'], remove: [] }]);
});

it('rows from before this was counted count nothing', async () => {
  await mailbox.tables.folders.update({ departed: null }, { path: 'INBOX' });
  await move([5]);
  await mailbox.push();
  expect((await mailbox.folder('INBOX')).departed).toBe(1);
});

describe('what came after the count was taken is not missing in it when it leaves again', () => {
  beforeEach(async () => {
    for (let count = 0; count < 5; count += 1) mailbox.server.deliver('Archive');
    await mailbox.pass();
    mailbox.fetched = [];
  });

  async function between(from: string, to: string, uid: number): Promise<void> {
    const threads = await mailbox.threadsOf(from, [uid]);
    await mailbox.changes.move(1 as never, threads, await mailbox.folder(from), await mailbox.folder(to));
    await mailbox.push();
  }

  it('moved in, with COPYUID, and out again', async () => {
    await between('INBOX', 'Archive', 5);
    await between('Archive', 'INBOX', 6);
    expect((await mailbox.folder('Archive')).departed).toBe(0);
    mailbox.server.expunge('Archive', new Set([2]));
    await mailbox.pass();
    expect(await mailbox.uids('Archive')).toEqual([1, 3, 4, 5]);
  });

  it('listed although it came after SELECT, and moved', async () => {
    const seen = (await mailbox.folder('Archive')).cursor;
    for (let count = 0; count < 2; count += 1) mailbox.server.deliver('Archive');
    await mailbox.pass();
    await mailbox.tables.folders.update({ cursor: seen }, { path: 'Archive' });
    await between('Archive', 'INBOX', 7);
    mailbox.server.expunge('Archive', new Set([2]));
    await mailbox.pass();
    expect(await mailbox.uids('Archive')).toEqual([1, 3, 4, 5, 6]);
  });

  it('erased', async () => {
    await between('INBOX', 'Archive', 5);
    const threads = await mailbox.threadsOf('Archive', [6]);
    await mailbox.changes.erase(1 as never, threads, await mailbox.folder('Archive'));
    await mailbox.push();
    mailbox.server.expunge('Archive', new Set([2]));
    await mailbox.pass();
    expect(await mailbox.uids('Archive')).toEqual([1, 3, 4, 5]);
  });
});

describe('Q6: while something of ours has left', () => {
  const cursor = async (): Promise<object> => JSON.parse(String((await mailbox.folder('INBOX')).cursor)) as object;

  it('a message that is counted and not shown yet is found when it is shown', async () => {
    await move([5]);
    await mailbox.push();
    mailbox.server.deliver('INBOX', ['\\Seen']);
    mailbox.hidden.add(31);
    await mailbox.pass();
    expect(await cursor()).toMatchObject({ n: 31, c: 29 });
    mailbox.hidden.clear();
    mailbox.fetched = [];
    await mailbox.pass();
    expect(await mailbox.uids('INBOX')).toContain(31);
    expect(everything()).toEqual([]);
    expect(await cursor()).toMatchObject({ n: 32, c: 30 });
  });

  it('a message that came and went is looked for once, and not for ever', async () => {
    await mailbox.tables.folders.update({ departed: 1 }, { path: 'INBOX' });
    mailbox.server.deliver('INBOX', ['\\Seen']);
    mailbox.server.expunge('INBOX', new Set([31]));
    await mailbox.pass();
    expect(everything()).toEqual(['1:30']);
    expect(await cursor()).toMatchObject({ n: 32, c: 30 });
    await mailbox.pass();
    expect(everything()).toEqual(['1:30']);
  });

  it('a folder that is empty now hides nothing', async () => {
    await move(Array.from({ length: 30 }, (_, at) => at + 1));
    await mailbox.push();
    await mailbox.tables.folders.update({ departed: 31 }, { path: 'INBOX' });
    mailbox.server.deliver('INBOX', ['\\Seen']);
    mailbox.server.expunge('INBOX', new Set([31]));
    await mailbox.pass();
    expect(await mailbox.uids('INBOX')).toEqual([]);
    expect(mailbox.fetched).not.toContain('1:0');
  });
});

it.each([
  ['one of ours is named', [5], [5]],
  ['somebody else removes one that the server does not name', [5], [5, 20]],
])('QRESYNC: %s', async (_what, ours, named) => {
  await mailbox.close();
  mailbox = await OneMailbox.open({ ...PLAIN, condstore: true, qresync: true });
  for (let count = 0; count < 30; count += 1) mailbox.server.deliver('INBOX');
  await mailbox.pass();
  await move(ours);
  await mailbox.push();
  const folder = mailbox.server.need('INBOX');
  if (named.length > 1) {
    mailbox.server.expunge('INBOX', new Set([20]));
    folder.vanished = folder.vanished.filter(({ uid }) => uid !== 20);
  }
  await mailbox.pass();
  expect(await mailbox.uids('INBOX')).toEqual(folder.messages.map(({ uid }) => uid));
});

it('a folder that gets and gives in one go is looked at with what has left it already counted', async () => {
  await mailbox.close();
  mailbox = await OneMailbox.open({ ...PLAIN, uidplus: false });
  for (const [path, count] of [['INBOX', 30] as const, ['Archive', 5] as const])
    for (let more = 0; more < count; more += 1) mailbox.server.deliver(path);
  await mailbox.pass();
  await move([5]);
  const [inbox, archive] = [await mailbox.folder('INBOX'), await mailbox.folder('Archive')];
  await mailbox.changes.move(1 as never, await mailbox.threadsOf('Archive', [3]), archive, inbox);
  mailbox.fetched = [];
  await mailbox.push();
  expect(everything()).toEqual([]);
  expect(await mailbox.uids('Archive')).toEqual([1, 2, 4, 5, 6]);
  expect(await mailbox.uids('INBOX')).toHaveLength(30);
});

describe('erased while its move is under way, on a server that does not say where it is now', () => {
  beforeEach(async () => {
    await mailbox.close();
    mailbox = await OneMailbox.open({ ...PLAIN, uidplus: false });
  });

  /** Moves a mail to the archive, and erases it there before the server has answered. */
  async function moveAndErase(uid: number): Promise<void> {
    const threads = await mailbox.threadsOf('INBOX', [uid]);
    const [inbox, archive] = [await mailbox.folder('INBOX'), await mailbox.folder('Archive')];
    await mailbox.changes.move(1 as never, threads, inbox, archive);
    const open = mailbox.session.bind(mailbox);
    mailbox.session = () => {
      const session = open();
      const move_ = session.move.bind(session);
      session.move = async (...given) => {
        const moved = await move_(...given);
        await mailbox.changes.erase(1 as never, threads, archive);
        return moved;
      };
      return session;
    };
    await mailbox.push();
    mailbox.session = open;
    await mailbox.pass();
    await mailbox.push();
    await mailbox.pass();
  }

  it.each([1, -1])('a mail (%i) does not come back', async (content) => {
    const receivedAt = new Date(Date.UTC(2026, 0, 2));
    mailbox.server.put('INBOX', { content, receivedAt, size: 700, flags: [] });
    await mailbox.pass();
    await moveAndErase(1);
    expect(mailbox.server.need('Archive').messages).toEqual([]);
    expect([await mailbox.uids('INBOX'), await mailbox.uids('Archive')]).toEqual([[], []]);
  });

  it('of two nameless mails that look alike none is erased by mistake', async () => {
    const receivedAt = new Date(Date.UTC(2026, 0, 2));
    for (let copies = 0; copies < 2; copies += 1)
      mailbox.server.put('INBOX', { content: -1, receivedAt, size: 700, flags: [] });
    await mailbox.pass();
    const [inbox, archive] = [await mailbox.folder('INBOX'), await mailbox.folder('Archive')];
    await mailbox.changes.move(1 as never, await mailbox.threadsOf('INBOX', [2]), inbox, archive);
    await moveAndErase(1);
    expect(mailbox.server.need('Archive').messages).toHaveLength(2);
    mailbox.time = Date.now() + 2 * 60 * 60_000;
    await mailbox.pass();
    expect(mailbox.server.need('Archive').messages).toHaveLength(2);
    expect(await mailbox.uids('Archive')).toHaveLength(2);
  });

  it.each([
    ['another size', { content: -1, size: 701 }, [1]],
    ['another time', { content: -1, size: 700, receivedAt: new Date(Date.UTC(2026, 0, 3)) }, [1]],
    // As large, and of the same second: then nothing is erased.
    ['another subject', { content: -2, size: 700 }, [1, 2]],
  ])('a nameless mail of %s that is there already stays', async (_what, other, left) => {
    const receivedAt = new Date(Date.UTC(2026, 0, 2));
    mailbox.server.put('INBOX', { content: -1, receivedAt, size: 700, flags: [] });
    await mailbox.pass();
    mailbox.server.put('Archive', { receivedAt, flags: [], ...other });
    await moveAndErase(1);
    expect(mailbox.server.need('Archive').messages.map(({ uid }) => uid)).toEqual(left);
  });
});
