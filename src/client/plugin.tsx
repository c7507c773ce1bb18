import { Plugin, SchemaSettings } from '@nocobase/client';
import { sharedModelLoaders } from '../client-v2/models/shared-loaders';
import { MAILBOX_PATH, PROVIDERS_SNIPPET, SETTINGS_KEY } from '../shared/constants';
import { CLASSIC_BLOCK_SETTINGS, EmailProvider } from './EmailProvider';

/** Registers the modern lane's pages and models with the legacy shell. Nothing else lives here. */
export class PluginEmailManagerClient extends Plugin {
  override async load(): Promise<void> {
    this.app.use(EmailProvider);
    this.flowEngine.registerModelLoaders(sharedModelLoaders);
    this.app.pluginSettingsManager.add(SETTINGS_KEY, {
      title: this.t('Email manager'),
      icon: 'MailOutlined',
      aclSnippet: PROVIDERS_SNIPPET,
    });
    this.app.pluginSettingsManager.add(`${SETTINGS_KEY}.providers`, {
      title: this.t('Providers'),
      sort: 1,
      aclSnippet: PROVIDERS_SNIPPET,
      componentLoader: () => import(/* webpackChunkName: "email-providers" */ '../client-v2/pages/ProvidersPage'),
    });
    this.app.pluginSettingsManager.add(`${SETTINGS_KEY}.accounts`, {
      title: this.t('Accounts'),
      sort: 2,
      aclSnippet: PROVIDERS_SNIPPET,
      componentLoader: () => import(/* webpackChunkName: "email-accounts" */ '../client-v2/pages/AccountsPage'),
    });
    this.app.router.add('admin.email', {
      path: MAILBOX_PATH,
      componentLoader: () => import(/* webpackChunkName: "email-mailbox" */ '../client-v2/pages/MailboxPage'),
    });
    this.app.schemaSettingsManager.add(
      new SchemaSettings({ name: CLASSIC_BLOCK_SETTINGS, items: [{ name: 'remove', type: 'remove' }] }),
    );
    this.app.schemaInitializerManager.addItem('page:addBlock', 'otherBlocks.emailMailbox', {
      title: this.t('Mailbox'),
      Component: 'EmailMailboxInitializer',
    });
  }
}

export default PluginEmailManagerClient;
