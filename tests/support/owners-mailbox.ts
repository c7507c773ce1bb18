import type { Response } from 'supertest';
import type { WireFolder, WireThread, WireThreadDetail } from '../../src/shared/wire';
import { PROTECTED_COLLECTIONS } from '../../src/server/runtime/mail-scope';
import { createTestApp, type Caller, type TestApp } from './app';
import { configureProvider, linkAccount, synced } from './linked';
import { startTestSandbox } from './sandbox';

/** Texts that only the owner may ever read. */
const MARKERS = [
  'Quarterly review',
  'alice@contoso.test',
  'お見積書',
  'secret-draft-text',
  'private-upload.txt',
  'Sent Items',
];

/** An application in which one user has mail, drafts, files and a mail on its way, and others would like to see them. */
export interface OwnersMailbox {
  readonly app: TestApp;
  readonly callers: Readonly<Record<'owner' | 'other' | 'admin' | 'root', Caller>>;
  /** Row ids of the owner, by what they are. */
  readonly ids: Readonly<Record<string, number>>;
  end(): Promise<void>;
}

export async function fillOwnersMailbox(): Promise<OwnersMailbox> {
  const sandbox = await startTestSandbox('node', 12);
  const app = await createTestApp();
  await configureProvider(app, sandbox.addresses);
  const callers = {
    owner: await app.user('alice'),
    other: await app.user('eve'),
    admin: await app.user('admina', 'admin'),
    root: app.root,
  };
  const ids: Record<string, number> = {};
  const { owner } = callers;
  const account = await linkAccount(app, owner, sandbox.addresses.users[0]);
  await synced(owner, account.id);
  ids.account = account.id;
  const folders = (await owner.get('/api/emailFolders:list')).body.data as WireFolder[];
  ids.folder = (folders.find((folder) => folder.role === 'inbox') as WireFolder).id;
  ids.target = (folders.find((folder) => folder.role === 'archive') as WireFolder).id;
  const threads = (await owner.get(`/api/emailThreads:list?folderId=${ids.folder}`)).body.data.threads as WireThread[];
  ids.thread = (threads.find((thread) => thread.hasAttachments) as WireThread).id;
  const others = threads.filter((thread) => thread.id !== ids.thread);
  [ids.moved, ids.archived, ids.trashed, ids.erased] = others.map((thread) => thread.id);
  const thread = (await owner.get(`/api/emailThreads:get?filterByTk=${ids.thread}`)).body.data as WireThreadDetail;
  ids.message = thread.messages[0].id;
  ids.attachment = thread.messages.flatMap((message) => message.attachments)[0].id;
  const draft = (await owner.post('/api/emailDrafts:create', { accountId: account.id, kind: 'new' })).body.data;
  ids.draft = draft.id;
  await owner.post(`/api/emailDrafts:save?filterByTk=${draft.id}`, {
    accountId: account.id,
    revision: draft.revision,
    subject: 'secret-draft-text',
    html: '<p>secret-draft-text</p>',
  });
  ids.upload = (
    await owner.upload(`/api/emailDrafts:upload?filterByTk=${draft.id}`, Buffer.from('private'), 'private-upload.txt')
  ).body.data.id;
  const outgoing = (
    await owner.post('/api/emailDrafts:create', {
      accountId: account.id,
      kind: 'new',
      to: [{ address: 'bob@contoso.test' }],
    })
  ).body.data;
  ids.outbox = (await owner.post(`/api/emailDrafts:send?filterByTk=${outgoing.id}`)).body.data.id;
  await owner.post(`/api/emailOutbox:cancel?filterByTk=${ids.outbox}`);
  const end = async (): Promise<void> => {
    await app.destroy();
    await sandbox.stop();
  };
  return { app, callers, ids, end };
}

/** Rows of every mail table that requests of others must not change, counted past the guard. */
export async function rowCounts(app: TestApp): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of PROTECTED_COLLECTIONS.filter(
    (one) => !['emailOauthStates', 'emailSyncLog', 'emailNodes'].includes(one),
  )) {
    const [[{ n }]] = (await app.app.db.sequelize.query(
      `SELECT count(*) AS n FROM ${app.app.db.getCollection(name).quotedTableName()}`,
    )) as unknown as [[{ n: number }]];
    counts[name] = Number(n);
  }
  return counts;
}

/** `tells`: what this answer may have, for an administrator. */
export function expectNoLeak(response: Response, tells: readonly string[] = []): void {
  const text = `${response.text ?? ''}${Buffer.isBuffer(response.body) ? response.body.toString() : ''}`;
  expect(MARKERS.filter((marker) => text.includes(marker) && !tells.includes(marker))).toEqual([]);
}
