// Hand-written subset of @nocobase/client (the legacy runtime) 2.2 that this plug-in uses.
import type { Application as ModernApplication, PageLoader, PluginOptions } from '@nocobase/client-v2';
import type { ComponentType, ReactNode } from 'react';

export interface LegacyPluginSettingsManager {
  add(
    name: string,
    options: {
      title: ReactNode;
      icon?: ReactNode;
      Component?: ComponentType;
      componentLoader?: PageLoader;
      sort?: number;
      aclSnippet?: string;
      isPinned?: boolean;
    },
  ): void;
}

export class SchemaSettings {
  constructor(options: { name: string; items: { name: string; type: string }[] });
}

export interface Application extends Omit<ModernApplication, 'pluginSettingsManager'> {
  readonly pluginSettingsManager: LegacyPluginSettingsManager;
  readonly schemaSettingsManager: { add(settings: SchemaSettings): void };
  readonly schemaInitializerManager: {
    addItem(initializer: string, itemName: string, item: { title?: string; Component?: string }): void;
  };
  addUserCenterSettingsItem(item: {
    name: string;
    sort?: number;
    type?: 'item' | 'divider';
    Component?: ComponentType;
    useComponentProps?: () => { title: string; onClick: () => void };
    aclSnippet?: string;
  }): void;
}

export class Plugin<TOptions extends PluginOptions = PluginOptions> {
  constructor(options: TOptions, app: Application);
  readonly options: TOptions;
  protected readonly app: Application;
  get flowEngine(): Application['flowEngine'];
  load(): Promise<void>;
  t(text: string, options?: Record<string, unknown>): string;
}

export const PinnedPluginListProvider: ComponentType<{
  items: Record<string, { order?: number; component: string | ComponentType; pin?: boolean; snippet?: string }>;
  children?: ReactNode;
}>;
export const SchemaComponentOptions: ComponentType<{
  components?: Record<string, ComponentType>;
  scope?: Record<string, unknown>;
  children?: ReactNode;
}>;
export const SchemaInitializerItem: ComponentType<{ title?: ReactNode; icon?: ReactNode; onClick?: () => void }>;
export function useSchemaInitializer(): { insert: (schema: object) => void };
export function useSchemaInitializerItem(): { title?: string; name?: string };
