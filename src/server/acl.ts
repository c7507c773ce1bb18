import { PROVIDERS_SNIPPET } from '../shared/constants';

/** Who may call an action: anybody, every signed-in user (for their own rows), or roles with the settings snippet. */
export type Access = 'public' | 'signed-in' | 'settings';

/**
 * Every action of the plugin and its permission, on one page. An action that is missing here does not exist: the
 * plugin defines exactly these, and the isolation test asks each of them as owner, other user, administrator, root and
 * anonymous. No action is called `destroy` or `update`: other plugins of the host look rows up before those, outside the
 * mail scope, and would be refused.
 */
export const PERMISSIONS: Readonly<Record<string, Readonly<Record<string, Access>>>> = {
  emailProviders: { get: 'settings', save: 'settings', test: 'settings' },
  emailOAuth: { begin: 'signed-in', callback: 'public' },
  emailAccounts: {
    list: 'signed-in',
    providers: 'signed-in',
    unread: 'signed-in',
    health: 'signed-in',
    log: 'signed-in',
    start: 'signed-in',
    sync: 'signed-in',
    unlink: 'signed-in',
  },
  emailFolders: { list: 'signed-in', markRead: 'signed-in' },
  emailThreads: {
    list: 'signed-in',
    search: 'signed-in',
    get: 'signed-in',
    mark: 'signed-in',
    star: 'signed-in',
    move: 'signed-in',
    archive: 'signed-in',
    trash: 'signed-in',
    erase: 'signed-in',
  },
  emailMessages: { get: 'signed-in' },
  emailAttachments: { download: 'signed-in' },
  emailDrafts: {
    list: 'signed-in',
    get: 'signed-in',
    create: 'signed-in',
    save: 'signed-in',
    upload: 'signed-in',
    detach: 'signed-in',
    discard: 'signed-in',
    send: 'signed-in',
  },
  emailHealth: { list: 'settings' },
  emailOutbox: { list: 'signed-in', cancel: 'signed-in', retry: 'signed-in', dismiss: 'signed-in' },
};

interface Acl {
  allow(resource: string, actions: string | string[], condition: string): void;
  registerSnippet(snippet: { name: string; actions: string[] }): void;
}

export function grantPermissions(acl: Acl): void {
  const settings: string[] = [];
  for (const [resource, actions] of Object.entries(PERMISSIONS)) {
    for (const [action, access] of Object.entries(actions)) {
      if (access === 'settings') settings.push(`${resource}:${action}`);
      else acl.allow(resource, action, access === 'public' ? 'public' : 'loggedIn');
    }
  }
  acl.registerSnippet({ name: PROVIDERS_SNIPPET, actions: settings });
}
