import type { Response } from 'supertest';
import type { Caller } from '../support/app';

type Send = (who: Pick<Caller, 'get' | 'post' | 'upload'>) => PromiseLike<Response>;
export interface Row {
  readonly send: Send;
  /** What everybody else who is signed in gets: nothing of their own, or "does not exist". */
  readonly others: 'empty' | 'not-found' | 'same' | 'no-right';
  /** What the owner gets, 200 unless said otherwise: never "does not exist", or the refusal of others would prove nothing. */
  readonly owner?: number;
  /** What an administrator may learn here: which mailboxes there are, never what is in them. */
  readonly tells?: readonly string[];
}

const get =
  (url: string): Send =>
  (who) =>
    who.get(url);
const post =
  (url: string, body: object = {}): Send =>
  (who) =>
    who.post(url, body);

/** One row for every action of the plugin. A new action fails the test below until it has one. */
export const ROWS: Record<string, (ids: Readonly<Record<string, number>>) => Row> = {
  'emailProviders:get': () => ({ send: get('/api/emailProviders:get?name=microsoft'), others: 'no-right', owner: 403 }),
  'emailProviders:save': () => ({
    send: post('/api/emailProviders:save', { name: 'microsoft' }),
    others: 'no-right',
    owner: 403,
  }),
  'emailProviders:test': () => ({
    send: post('/api/emailProviders:test', { name: 'microsoft' }),
    others: 'no-right',
    owner: 403,
  }),
  'emailOAuth:begin': (ids) => ({
    send: post('/api/emailOAuth:begin', { accountId: ids.account }),
    others: 'not-found',
  }),
  'emailOAuth:callback': () => ({ send: get('/api/emailOAuth:callback'), others: 'same', owner: 400 }),
  'emailAccounts:list': () => ({ send: get('/api/emailAccounts:list'), others: 'empty' }),
  'emailAccounts:providers': () => ({ send: get('/api/emailAccounts:providers'), others: 'same' }),
  'emailAccounts:unread': () => ({ send: get('/api/emailAccounts:unread'), others: 'empty' }),
  'emailAccounts:health': () => ({ send: get('/api/emailAccounts:health'), others: 'empty' }),
  'emailAccounts:log': (ids) => ({ send: get(`/api/emailAccounts:log?accountId=${ids.account}`), others: 'not-found' }),
  'emailAccounts:start': (ids) => ({
    send: post('/api/emailAccounts:start', { accountId: ids.account, since: null }),
    others: 'not-found',
  }),
  'emailAccounts:sync': (ids) => ({
    send: post('/api/emailAccounts:sync', { accountId: ids.account }),
    others: 'not-found',
  }),
  'emailAccounts:unlink': (ids) => ({
    send: post('/api/emailAccounts:unlink', { accountId: ids.account }),
    others: 'not-found',
  }),
  'emailFolders:list': () => ({ send: get('/api/emailFolders:list'), others: 'empty' }),
  'emailFolders:markRead': (ids) => ({
    send: post(`/api/emailFolders:markRead?filterByTk=${ids.folder}`),
    others: 'not-found',
  }),
  'emailThreads:list': (ids) => ({ send: get(`/api/emailThreads:list?folderId=${ids.folder}`), others: 'not-found' }),
  'emailThreads:search': () => ({ send: post('/api/emailThreads:search', { query: 'in:anywhere' }), others: 'empty' }),
  'emailThreads:get': (ids) => ({ send: get(`/api/emailThreads:get?filterByTk=${ids.thread}`), others: 'not-found' }),
  'emailThreads:mark': (ids) => ({
    send: post(`/api/emailThreads:mark?filterByTk=${ids.thread}`, { isRead: true }),
    others: 'not-found',
  }),
  'emailThreads:star': (ids) => ({
    send: post('/api/emailThreads:star', { ids: [ids.thread], isStarred: true }),
    others: 'not-found',
  }),
  'emailThreads:move': (ids) => ({
    send: post('/api/emailThreads:move', { ids: [ids.moved], folderId: ids.folder, targetId: ids.target }),
    others: 'not-found',
  }),
  'emailThreads:archive': (ids) => ({
    send: post('/api/emailThreads:archive', { ids: [ids.archived], folderId: ids.folder }),
    others: 'not-found',
  }),
  'emailThreads:trash': (ids) => ({
    send: post('/api/emailThreads:trash', { ids: [ids.trashed], folderId: ids.folder }),
    others: 'not-found',
  }),
  'emailThreads:erase': (ids) => ({
    send: post('/api/emailThreads:erase', { ids: [ids.erased], folderId: ids.folder }),
    others: 'not-found',
  }),
  'emailMessages:get': (ids) => ({
    send: get(`/api/emailMessages:get?filterByTk=${ids.message}`),
    others: 'not-found',
  }),
  'emailAttachments:download': (ids) => ({
    send: get(`/api/emailAttachments:download?filterByTk=${ids.attachment}`),
    others: 'not-found',
  }),
  'emailDrafts:list': () => ({ send: get('/api/emailDrafts:list'), others: 'empty' }),
  'emailDrafts:get': (ids) => ({ send: get(`/api/emailDrafts:get?filterByTk=${ids.draft}`), others: 'not-found' }),
  'emailDrafts:create': (ids) => ({
    send: post('/api/emailDrafts:create', { accountId: ids.account, kind: 'reply', messageId: ids.message }),
    others: 'not-found',
  }),
  'emailDrafts:save': (ids) => ({
    send: post(`/api/emailDrafts:save?filterByTk=${ids.draft}`, { accountId: ids.account, revision: 1 }),
    others: 'not-found',
    owner: 409, // an old revision
  }),
  'emailDrafts:upload': (ids) => ({
    send: (who) => who.upload(`/api/emailDrafts:upload?filterByTk=${ids.draft}`, Buffer.from('x'), 'x.txt'),
    others: 'not-found',
  }),
  'emailDrafts:detach': (ids) => ({
    send: post(`/api/emailDrafts:detach?filterByTk=${ids.draft}`, { uploadId: ids.upload }),
    others: 'not-found',
  }),
  'emailDrafts:discard': (ids) => ({
    send: post(`/api/emailDrafts:discard?filterByTk=${ids.draft}`),
    others: 'not-found',
  }),
  'emailDrafts:send': (ids) => ({
    send: post(`/api/emailDrafts:send?filterByTk=${ids.draft}`),
    others: 'not-found',
    owner: 400,
  }),
  'emailHealth:list': () => ({
    send: get('/api/emailHealth:list'),
    others: 'no-right',
    owner: 403,
    tells: ['alice@contoso.test'],
  }),
  'emailOutbox:list': () => ({ send: get('/api/emailOutbox:list'), others: 'empty' }),
  'emailOutbox:cancel': (ids) => ({
    send: post(`/api/emailOutbox:cancel?filterByTk=${ids.outbox}`),
    others: 'not-found',
    owner: 409, // it was taken back already
  }),
  'emailOutbox:retry': (ids) => ({
    send: post(`/api/emailOutbox:retry?filterByTk=${ids.outbox}`),
    others: 'not-found',
    owner: 409, // it was taken back already
  }),
  'emailOutbox:dismiss': (ids) => ({
    send: post(`/api/emailOutbox:dismiss?filterByTk=${ids.outbox}`),
    others: 'not-found',
    owner: 409, // it was taken back already
  }),
};
