import { Plugin } from '@nocobase/client-v2';
import { MAILBOX_PATH, PKG, PROVIDERS_SNIPPET, SETTINGS_KEY } from '../shared/constants';
import { modernModelLoaders } from './models/modern-loaders';
import { sharedModelLoaders } from './models/shared-loaders';

/** Registers pages and models with the modern shell. */
export class PluginEmailManagerClientV2 extends Plugin {
  override async load(): Promise<void> {
    this.flowEngine.registerModelLoaders({ ...sharedModelLoaders, ...modernModelLoaders });
    this.pluginSettingsManager.addMenuItem({
      key: SETTINGS_KEY,
      title: this.t('Email manager'),
      icon: 'MailOutlined',
      aclSnippet: PROVIDERS_SNIPPET,
      showTabs: true,
    });
    this.pluginSettingsManager.addPageTabItem({
      menuKey: SETTINGS_KEY,
      key: 'index',
      title: this.t('Providers'),
      sort: 1,
      aclSnippet: PROVIDERS_SNIPPET,
      componentLoader: () => import(/* webpackChunkName: "email-providers" */ './pages/ProvidersPage'),
    });
    this.pluginSettingsManager.addPageTabItem({
      menuKey: SETTINGS_KEY,
      key: 'accounts',
      title: this.t('Accounts'),
      sort: 2,
      aclSnippet: PROVIDERS_SNIPPET,
      componentLoader: () => import(/* webpackChunkName: "email-accounts" */ './pages/AccountsPage'),
    });
    this.pluginSettingsManager.setPluginSettingsLink(this.options.name ?? PKG, SETTINGS_KEY);
    this.router.add('admin.email', {
      path: MAILBOX_PATH,
      componentLoader: () => import(/* webpackChunkName: "email-mailbox" */ './pages/MailboxPage'),
    });
  }
}

export default PluginEmailManagerClientV2;
