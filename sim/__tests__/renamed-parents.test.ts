import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

const CHILDREN = ['', '/One', '/Two', '/Two/Deep'];

/** What a reader would miss: which mail it is, where, in which conversation, and that it was not read anew. */
async function kept(below: string) {
  const { folders, placements } = mailbox.tables;
  const all = (await folders.find({ accountId: mailbox.account.id })).filter(({ path }) => path.startsWith(below));
  const of = new Map(all.map(({ id, path }) => [id, path.slice(below.length)]));
  const rows = await placements.find({ accountId: mailbox.account.id }, { order: ['messageId'] });
  return rows
    .filter(({ folderId }) => of.has(folderId))
    .map(({ folderId, uid, messageId, threadId }) => ({ in: of.get(folderId), uid, messageId, threadId }));
}

const rowsOf = async (below: string): Promise<number[]> => {
  const all = await mailbox.tables.folders.find({ accountId: mailbox.account.id });
  return all.flatMap(({ id, path }) => (path.startsWith(below) ? id : [])).sort((a, b) => a - b);
};

describe.each([true, false])('a parent that is renamed (MAILBOXID: %s)', (objectId) => {
  beforeEach(async () => {
    mailbox = await OneMailbox.open({ ...PLAIN, objectId });
    for (const child of CHILDREN) mailbox.server.create(`Work${child}`);
    // Each fourth mail answers the one before, in another folder.
    for (let at = 0; at < 12; at += 1) mailbox.server.deliver(`Work${CHILDREN[at % CHILDREN.length]}`);
    await mailbox.pass();
  });

  /** Other programs rename a parent, and the server all that is below it (RFC 9051 §6.3.6). */
  const rename = (from: string, to: string): void => {
    for (const child of CHILDREN) mailbox.server.rename(`${from}${child}`, `${to}${child}`);
  };

  it('its folders keep mails and conversations, and their rows where the server says that they are the same', async () => {
    const [before, folders] = [await kept('Work'), await rowsOf('Work')];
    const messages = (await mailbox.tables.messages.find({})).length;
    expect(before).toHaveLength(12);
    rename('Work', 'Vorhaben');
    mailbox.fetched = [];
    await mailbox.onwards(3);
    expect(await kept('Vorhaben')).toEqual(before);
    expect(await mailbox.tables.messages.find({})).toHaveLength(messages);
    expect(await rowsOf('Work')).toEqual([]);
    const now = await rowsOf('Vorhaben');
    expect(now).toHaveLength(CHILDREN.length);
    if (objectId) expect(now).toEqual(folders);
  });

  it('nothing is there twice in the pass that finds it, nor later', async () => {
    rename('Work', 'Vorhaben');
    for (let passes = 0; passes < 3; passes += 1) {
      await mailbox.onwards(1);
      const { folders, placements } = mailbox.tables;
      const seen = (await folders.find({ accountId: mailbox.account.id, isGone: false })).map(({ id }) => id);
      const shown = await placements.find({ accountId: mailbox.account.id, shownFolderId: seen });
      expect(new Set(shown.map(({ messageId }) => messageId)).size).toBe(12);
      expect(shown).toHaveLength(12);
    }
  });
});
