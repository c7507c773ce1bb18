import { useApp, type ApiRequestOptions, type Application } from '@nocobase/client-v2';
import { useMemo } from 'react';
import type {
  WireAccount,
  WireAccountHealth,
  WireAccountState,
  WireAddress,
  WireDraft,
  WireDraftLine,
  WireDraftContent,
  WireDraftKind,
  WireFolder,
  WireHealthPage,
  WireLogPage,
  WireMessage,
  WireMoved,
  WireOutgoing,
  WireProvider,
  WireThreadDetail,
  WireThreadPage,
  WireUpload,
} from '../../shared/wire';
import { isReading, toProblem, withReadBody } from './problem';
import { seenMessagesOf, type SeenMessages } from './seen-messages';

type Call = <T>(options: ApiRequestOptions) => Promise<T>;

/** Every call of the browser to the plugin's resources (docs/api.md). Rejects with a `Problem`. */
export function mailApi(app: Application) {
  const send = async <T>(options: ApiRequestOptions): Promise<T> => {
    try {
      return (await app.apiClient.request<T>({ skipNotify: true, ...options })).data;
    } catch (error) {
      throw toProblem(await withReadBody(error), isReading(options));
    }
  };
  const call: Call = async <T>(options: ApiRequestOptions) => (await send<{ data: T }>(options)).data;
  const get = <T>(url: string, params?: Record<string, unknown>): Promise<T> => call<T>({ url, method: 'get', params });
  const post = <T>(url: string, data: unknown = {}, params?: Record<string, unknown>): Promise<T> =>
    call<T>({ url, method: 'post', data, params });
  const attachment = (id: number): Promise<Blob> =>
    send<Blob>({ url: 'emailAttachments:download', method: 'get', params: of(id), responseType: 'blob' });
  return {
    ...accountCalls(get, post),
    ...threadCalls(get, post, seenMessagesOf(app)),
    ...draftCalls(get, post, call),
    ...outboxCalls(get, post),
    attachment,
  };
}

type Get = <T>(url: string, params?: Record<string, unknown>) => Promise<T>;
type Post = <T>(url: string, data?: unknown, params?: Record<string, unknown>) => Promise<T>;

const of = (id: number) => ({ filterByTk: id });

function accountCalls(get: Get, post: Post) {
  return {
    accounts: () => get<WireAccount[]>('emailAccounts:list'),
    providers: () => get<{ name: string; isReady: boolean }[]>('emailAccounts:providers'),
    unreadCount: async () => (await get<{ unreadCount: number }>('emailAccounts:unread')).unreadCount,
    health: () => get<WireAccountHealth[]>('emailAccounts:health'),
    log: (accountId: number, before?: number) => get<WireLogPage>('emailAccounts:log', { accountId, before }),
    /** Accounts of all users, for administrators. */
    healthList: (state: WireAccountState | null, page: number, pageSize: number) =>
      get<WireHealthPage>('emailHealth:list', { ...(state === null ? {} : { state }), page, pageSize }),
    startSync: (accountId: number, since: number | null) => post<unknown>('emailAccounts:start', { accountId, since }),
    syncNow: (accountId: number) => post<unknown>('emailAccounts:sync', { accountId }),
    unlink: (accountId: number) => post<unknown>('emailAccounts:unlink', { accountId }),
    beginLink: (provider: string, accountId?: number) =>
      post<{ url: string }>('emailOAuth:begin', { provider, accountId }),
    provider: (name: string) => get<WireProvider>('emailProviders:get', { name }),
    saveProvider: (values: object) => post<WireProvider>('emailProviders:save', values),
    /** Tries what is entered, or what is saved when `entered` holds only the name. */
    testProvider: (entered: { name: string }) => post<{ ok: boolean }>('emailProviders:test', entered),
  };
}

function threadCalls(get: Get, post: Post, seen: SeenMessages) {
  /** A change of what was seen of a conversation. */
  const change = <T>(action: string, id: number, values: object): Promise<T> =>
    post<T>(`emailThreads:${action}`, { ...values, ...seen.of(id) }, of(id));
  return {
    folders: () => get<WireFolder[]>('emailFolders:list'),
    threads: async (folderId: number, before?: string) =>
      seen.ofPage(await get<WireThreadPage>('emailThreads:list', { folderId, before })),
    /** Days in `query` begin in the reader's own time zone. */
    search: async (query: string, before?: string) => {
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      return seen.ofPage(await post<WireThreadPage>('emailThreads:search', { query, before, timeZone }));
    },
    thread: async (id: number) => seen.ofThread(await get<WireThreadDetail>('emailThreads:get', of(id))),
    message: (id: number) => get<WireMessage>('emailMessages:get', of(id)),
    mark: (id: number, isRead: boolean) => change<unknown>('mark', id, { isRead }),
    star: (id: number, isStarred: boolean) => change<unknown>('star', id, { isStarred }),
    move: (id: number, folderId: number, targetId: number) => change<WireMoved>('move', id, { folderId, targetId }),
    /** Only these messages of it, to take back a move. */
    moveBack: (id: number, folderId: number, targetId: number, messageIds: readonly number[]) =>
      post<WireMoved>('emailThreads:move', { folderId, targetId, messageIds }, of(id)),
    archive: (id: number, folderId: number) => change<WireMoved>('archive', id, { folderId }),
    trash: (id: number, folderId: number) => change<WireMoved>('trash', id, { folderId }),
    erase: (id: number, folderId: number) => change<unknown>('erase', id, { folderId }),
    markFolderRead: (id: number) => post<unknown>('emailFolders:markRead', {}, of(id)),
  };
}

function draftCalls(get: Get, post: Post, call: Call) {
  return {
    drafts: () => get<WireDraftLine[]>('emailDrafts:list'),
    draft: (id: number) => get<WireDraft>('emailDrafts:get', of(id)),
    createDraft: (accountId: number, kind: WireDraftKind, messageId?: number, to?: readonly WireAddress[]) =>
      post<WireDraft>('emailDrafts:create', { accountId, kind, messageId, to }),
    saveDraft: (id: number, content: WireDraftContent) => post<WireDraft>('emailDrafts:save', content, of(id)),
    /** `onProgress` hears the share that has left the browser, 0 … 1. */
    upload: (id: number, file: File, onProgress: (share: number) => void) => {
      const form = new FormData();
      form.append('file', file, file.name);
      return call<WireUpload>({
        url: 'emailDrafts:upload',
        method: 'post',
        params: of(id),
        data: form,
        onUploadProgress: ({ loaded, total }) => onProgress(total ? loaded / total : 0),
      });
    },
    detach: (id: number, uploadId: number) => post<unknown>('emailDrafts:detach', { uploadId }, of(id)),
    discardDraft: (id: number) => post<unknown>('emailDrafts:discard', {}, of(id)),
    send: (id: number) => post<WireOutgoing>('emailDrafts:send', {}, of(id)),
  };
}

function outboxCalls(get: Get, post: Post) {
  return {
    outgoing: () => get<WireOutgoing[]>('emailOutbox:list'),
    cancelSend: (id: number) => post<{ draftId: number | null }>('emailOutbox:cancel', {}, of(id)),
    retrySend: (id: number) => post<unknown>('emailOutbox:retry', {}, of(id)),
    dismissSend: (id: number) => post<{ draftId: number | null }>('emailOutbox:dismiss', {}, of(id)),
  };
}

export type MailApi = ReturnType<typeof mailApi>;

export function useMailApi(): MailApi {
  const app = useApp();
  return useMemo(() => mailApi(app), [app]);
}
