import type { Context, Next } from '@nocobase/actions';
import { PERMISSIONS } from './acl';
import { signedIn, type MailAction } from './actions/answer';
import { emailAccounts } from './actions/email-accounts';
import { emailAttachments } from './actions/email-attachments';
import { emailDrafts } from './actions/email-drafts';
import { emailFolders } from './actions/email-folders';
import { emailHealth } from './actions/email-health';
import { emailMessages } from './actions/email-messages';
import { emailOAuth, oauthCallback } from './actions/email-oauth';
import { emailOutbox } from './actions/email-outbox';
import { emailProviders } from './actions/email-providers';
import { emailThreads } from './actions/email-threads';
import { PROTECTED_COLLECTIONS } from './runtime/mail-scope';
import type { Services } from './services';

type Handler = (ctx: Context, next: Next) => Promise<void>;

interface ResourceManager {
  define(options: { name: string; only: string[]; actions?: Record<string, Handler> }): void;
}

/** Defines the plugin's resources with exactly the actions of acl.ts, and closes the other mail tables to generic ones. */
export function defineResources(manager: ResourceManager, services: Services): void {
  const actions: Record<string, Record<string, MailAction>> = {
    emailProviders: emailProviders(services),
    emailOAuth: emailOAuth(services),
    emailAccounts: emailAccounts(services),
    emailFolders: emailFolders(services),
    emailThreads: emailThreads(services),
    emailMessages: emailMessages(services),
    emailAttachments: emailAttachments(services),
    emailDrafts: emailDrafts(services),
    emailOutbox: emailOutbox(services),
    emailHealth: emailHealth(services),
  };
  for (const [name, permitted] of Object.entries(PERMISSIONS)) {
    const handlers: Record<string, Handler> = {};
    for (const [action, access] of Object.entries(permitted)) {
      handlers[action] = access === 'public' ? oauthCallback(services) : signedIn(actions[name][action], services.log);
    }
    // `only` keeps the host from adding its generic list, get, query, export … of its own.
    manager.define({ name, only: Object.keys(permitted), actions: handlers });
  }
  for (const name of PROTECTED_COLLECTIONS) {
    if (!(name in PERMISSIONS)) manager.define({ name, only: ['__none__'] });
  }
}
