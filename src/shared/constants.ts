/** npm name of this plugin; NocoBase uses it as plugin name, AMD module name and i18n namespace. */
export const PKG = 'nocobase-plugin-email-manager';

/** Key of the settings menu and prefix of its ACL snippets. */
export const SETTINGS_KEY = 'email-manager';

/** ACL snippet a role needs for the Providers page. */
export const PROVIDERS_SNIPPET = 'pm.email-manager.providers';

/** WebSocket message type; the payload carries ids and counters only, never content. */
export const LIVE_EVENT = 'email-manager:changed';

/** Route of the mailbox page, below the shell's base path. */
export const MAILBOX_PATH = '/admin/email';

/** `postMessage` type with which the OAuth callback page reports to the window that opened it. */
export const LINK_MESSAGE = 'email-manager:linked';
