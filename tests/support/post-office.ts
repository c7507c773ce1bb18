import type { WireAccount, WireOutgoing } from '../../src/shared/wire';
import { createTestApp, type Caller } from './app';
import { BOB, MONA, configureProvider, linkAccount, synced } from './linked';
import { startTestSandbox, type TestSandbox } from './sandbox';
import { until } from './until';

export interface PostOffice {
  readonly sandbox: TestSandbox;
  readonly bob: Caller;
  /** A draft of Bob's to Mona with `content` in it: its id, and the answer to saving it. */
  write(content?: object): Promise<{ id: number; saved: Awaited<ReturnType<Caller['post']>> }>;
  /** Sends such a draft and waits until its row in the outbox is settled. */
  outcomeOf(content?: object): Promise<WireOutgoing>;
  close(): Promise<void>;
}

/** An application with Bob's mailbox linked, for tests of what happens to a mail on its way out. */
export async function openPostOffice(): Promise<PostOffice> {
  const sandbox = await startTestSandbox('node', 6);
  const app = await createTestApp();
  await configureProvider(app, sandbox.addresses);
  const bob = await app.user('bob');
  const account = await linkAccount(app, bob, BOB);
  await synced(bob, account.id);
  const write = (content: object = {}) => writeDraft(bob, account, content);
  return {
    sandbox,
    bob,
    write,
    outcomeOf: async (content) => sendAndSettle(bob, (await write(content)).id),
    close: async () => {
      await app.destroy();
      await sandbox.stop();
    },
  };
}

async function writeDraft(bob: Caller, account: WireAccount, content: object): ReturnType<PostOffice['write']> {
  const draft = (await bob.post('/api/emailDrafts:create', { accountId: account.id, kind: 'new' })).body.data;
  const body = {
    accountId: account.id,
    revision: draft.revision,
    to: [{ address: MONA.upn }],
    subject: 'test mail',
    html: '<p>x</p>',
    ...content,
  };
  return { id: draft.id, saved: await bob.post(`/api/emailDrafts:save?filterByTk=${draft.id}`, body) };
}

async function sendAndSettle(bob: Caller, draftId: number): Promise<WireOutgoing> {
  const sent = (await bob.post(`/api/emailDrafts:send?filterByTk=${draftId}`)).body.data as WireOutgoing;
  return until(
    'the mail to be settled',
    async () =>
      ((await bob.get('/api/emailOutbox:list')).body.data as WireOutgoing[]).find(
        (row) => row.id === sent.id && !['queued', 'transmitting'].includes(row.state),
      ),
    40_000,
  );
}
