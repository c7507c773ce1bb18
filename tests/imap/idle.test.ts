import type tls from 'node:tls';
import type { WireFolder, WireThread } from '../../src/shared/wire';
import { connectImap } from '../../src/server/providers/imap/connect';
import { ImapSession } from '../../src/server/providers/imap/session';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { ALICE, configureProvider, linkAccount, synced } from '../support/linked';
import { replaySessions } from '../support/replay-session';
import type { Script } from '../support/replay-server';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';
import { until } from '../support/until';

const OK = 'A######## OK done\n';
const ONE = `* 1 EXISTS\n* OK [UIDVALIDITY 7] ok\n* OK [UIDNEXT 2] ok\n${OK}`;
const WITHOUT_IDLE = `* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE CHILDREN NAMESPACE LITERAL+\n${OK}`;
const MESSAGE =
  '* 1 FETCH (UID 1 FLAGS () INTERNALDATE "01-Jan-2026 00:00:00 +0000" RFC822.SIZE 100)\nA######## OK done\n';
const MAILBOX: Script = { EXAMINE: ONE, FETCH: MESSAGE };

const { serve, open } = replaySessions();

/** Looks at the inbox and waits for a change in it, as the worker does between two passes. */
async function waitIn(session: ImapSession, signal = new AbortController().signal) {
  const { slices } = await session.observe('INBOX', { since: null, depth: 'changes', budget: 100 });
  for await (const _slice of slices);
  return session.waitForChange('INBOX', signal);
}

describe('a server without IDLE', () => {
  it('is asked with NOOP at once, and what it says then is a change', async () => {
    const script = { ...MAILBOX, CAPABILITY: WITHOUT_IDLE, NOOP: `* 2 EXISTS\n${OK}` };
    const { session, server } = await open(script);
    expect((await waitIn(session)).kind).toBe('changed');
    expect(server.asked.filter(({ command }) => command === 'IDLE')).toEqual([]);
  });

  it('is waited for when it has nothing to say, and the wait can be ended', async () => {
    const { session, server } = await open({ ...MAILBOX, CAPABILITY: WITHOUT_IDLE });
    const stop = new AbortController();
    const waiting = waitIn(session, stop.signal);
    await until('a NOOP', async () => server.asked.some(({ command }) => command === 'NOOP'));
    stop.abort();
    expect((await waiting).kind).toBe('aborted');
  });
});

it('IDLE goes on, or a new look is asked for, when nothing was said for as long as a silent line is believed', async () => {
  const server = await serve(MAILBOX);
  const client = await connectImap(server.connection());
  const session = new ImapSession(client);
  let hasEnded = false;
  const stop = new AbortController();
  const waiting = waitIn(session, stop.signal).finally(() => (hasEnded = true));
  const asked = (name: string): number => server.asked.filter(({ command }) => command === name).length;
  await until('IDLE', async () => asked('IDLE') > 0);
  // Five minutes, shortened: imapflow ends IDLE with a NOOP then, to see whether the line lives.
  (client as unknown as { socket: tls.TLSSocket }).socket.setTimeout(500);
  await until('the NOOP', async () => asked('NOOP') > 0);
  try {
    await until('to listen again', async () => asked('IDLE') > 1 || hasEnded, 400, 20);
    expect(client.usable).toBe(true);
  } finally {
    stop.abort();
    await waiting.catch(() => undefined);
    await session.close();
  }
});

describe('the Exchange-like face without IDLE', () => {
  let sandbox: TestSandbox;
  let app: TestApp;
  let alice: Caller;

  beforeAll(async () => {
    sandbox = await startTestSandbox('dovecot', 4);
    const capabilities = 'IMAP4 IMAP4rev1 AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN NAMESPACE LITERAL+';
    const without = { where: 'imap', match: { stage: 'capability' } };
    await sandbox.control('fault', { ...without, answer: `* CAPABILITY ${capabilities}\r\nTAG OK done` });
    await sandbox.control('fault', { where: 'imap', match: { stage: 'idle' }, answer: 'TAG BAD Command Error. 12' });
    app = await createTestApp();
    // So long that no pass finds it.
    await configureProvider(app, sandbox.addresses, { pollMinutes: 60 });
    alice = await app.user('alice');
    await synced(alice, (await linkAccount(app, alice, ALICE)).id);
  }, 120_000);

  afterAll(async () => {
    await app?.destroy();
    await sandbox?.stop();
  }, 60_000);

  const subjects = async (): Promise<string[]> => {
    const folders = (await alice.get('/api/emailFolders:list')).body.data as WireFolder[];
    const { id } = folders.find(({ role }) => role === 'inbox') as WireFolder;
    const { threads } = (await alice.get(`/api/emailThreads:list?folderId=${id}`)).body.data as {
      threads: WireThread[];
    };
    return threads.map(({ subject }) => subject);
  };

  it('new mail is there within the two minutes after which the server is asked', async () => {
    // The first NOOP is sent at once; what comes after it has to wait for the next.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const raw = 'From: a@x.test\r\nSubject: without idle\r\nMessage-ID: <noidle@x>\r\n\r\nx\r\n';
    const startedAt = Date.now();
    await sandbox.control('deliver', { upn: ALICE.upn, raw });
    await until('it', async () => (await subjects()).includes('without idle'), 150_000, 500);
    process.stderr.write(`without IDLE: there after ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
  }, 180_000);
});
