import { remoteId, type RemoteId } from '../../src/server/mail/ids';
import { ImapSession } from '../../src/server/providers/imap/session';
import { ScriptedClient } from '../scripted-client';
import { ScriptedServer, type ServerFolder } from '../scripted-server';

const CHANGED = { code: 'EMAIL_FOLDER_CHANGED' };
const LOOK = { since: null, depth: 'changes', budget: 100 } as const;

let folder: ServerFolder;
let client: ScriptedClient;
let session: ImapSession;
/** What the server was asked for beyond SELECT. */
let fetched: string[];
let selected: string[];

beforeEach(() => {
  const server = new ScriptedServer({ condstore: false, qresync: false, uidplus: true, objectId: true, uidNext: true });
  folder = server.create('INBOX');
  server.create('Archive');
  for (let count = 0; count < 3; count += 1) server.deliver('INBOX');
  client = new ScriptedClient(server);
  [fetched, selected] = [[], []];
  const [fetch, open] = [client.fetch.bind(client), client.mailboxOpen.bind(client)];
  client.fetch = (range, query, options) => {
    fetched.push(range);
    return fetch(range, query, options);
  };
  client.mailboxOpen = (path, options) => {
    selected.push(path);
    return open(path, options);
  };
  session = new ImapSession(client.asClient());
});

afterEach(() => session.close());

async function count(answers: AsyncIterable<unknown>): Promise<number> {
  let so = 0;
  for await (const _one of answers) so += 1;
  return so;
}

/** Numbers of the folder as it is, and of one that it was. */
const now = (uid: number): RemoteId => remoteId(String(folder.uidValidity), uid);
const before = (uid: number): RemoteId => remoteId(String(folder.uidValidity - 1), uid);

const READS: Readonly<Record<string, (id: RemoteId) => Promise<unknown>>> = {
  headers: (id) => count(session.heads('INBOX', [id])),
  bodies: (id) => count(session.contents('INBOX', [id], 'usual')),
  'bodies with care': (id) => count(session.contents('INBOX', [id], 'careful')),
  // The scripted server knows no parts: that it was asked for one is enough.
  'an attachment': (id) =>
    session.fetchPart('INBOX', id, '1').catch((error: { code?: string }) => {
      if (error.code !== 'EMAIL_MESSAGE_GONE') throw error;
    }),
  'what stands there': (id) => session.standing('INBOX', [id], folder.objectId),
};

/** How the folder is open in the same manner in which it is read. */
const OPENED: Readonly<Record<string, () => Promise<unknown>>> = {
  'that is opened anew': async () => undefined,
  'that is opened anew after another one': () => session.observe('Archive', LOOK),
  'that is selected already': async () => {
    await count(session.heads('INBOX', [now(1)]));
  },
  'that is selected for changes already': () => session.standing('INBOX', [now(1)], null),
  'that was just looked at': async () => {
    const { slices } = await session.observe('INBOX', LOOK);
    await count(slices);
  },
};

describe.each(Object.keys(OPENED))('in a folder %s', (how) => {
  beforeEach(async () => {
    await OPENED[how]();
    [fetched, selected] = [[], []];
  });

  it.each(Object.keys(READS))('%s of another UIDVALIDITY are not asked for', async (what) => {
    await expect(READS[what](before(1))).rejects.toMatchObject(CHANGED);
    expect(fetched).toEqual([]);
    // The check costs no command, and no other SELECT comes between it and what it is for.
    expect(selected.length).toBeLessThanOrEqual(1);
  });

  it.each(Object.keys(READS))('%s of this UIDVALIDITY are', async (what) => {
    await READS[what](now(1));
    expect(fetched.length).toBeGreaterThan(0);
    expect(selected.length).toBeLessThanOrEqual(1);
  });
});

describe('what stands at the numbers of a folder', () => {
  it.each([
    ['that is opened anew', async (): Promise<unknown> => undefined],
    ['that is selected already', (): Promise<unknown> => session.standing('INBOX', [now(1)], folder.objectId)],
  ] as const)('%s is not said where its MAILBOXID is another one', async (_how, open) => {
    await open();
    fetched = [];
    await expect(session.standing('INBOX', [now(1)], 'another one')).rejects.toMatchObject(CHANGED);
    expect(fetched).toEqual([]);
  });

  it('is said where nobody knew a MAILBOXID, and where it is the same', async () => {
    expect([...(await session.standing('INBOX', [now(1), now(2)], null)).keys()]).toEqual([now(1), now(2)]);
    expect((await session.standing('INBOX', [now(1)], folder.objectId)).size).toBe(1);
  });
});

it('a folder whose numbers begin anew while it is selected gives nothing out under the old ones', async () => {
  await count(session.heads('INBOX', [now(1)]));
  const old = now(1);
  folder.uidValidity += 1;
  // The server ends the line (RFC 9051 §2.3.1.1), and the next one says the new number.
  await expect(count(session.contents('INBOX', [old], 'usual'))).rejects.toMatchObject({
    code: 'EMAIL_CONNECTION_LOST',
  });
});
