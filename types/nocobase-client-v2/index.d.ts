// Hand-written subset of @nocobase/client-v2 2.2 that this plug-in uses.
import type { FlowContext, FlowEngine, FlowModel } from '@nocobase/flow-engine';
import type { ComponentType, MouseEvent, ReactNode } from 'react';

export interface ApiRequestOptions {
  url: string;
  method?: string;
  params?: Record<string, unknown>;
  data?: unknown;
  headers?: Record<string, string>;
  responseType?: 'blob';
  skipNotify?: boolean;
  onUploadProgress?: (event: { loaded: number; total?: number }) => void;
}

export interface ApiClient {
  request<T>(options: ApiRequestOptions): Promise<{ status: number; data: T }>;
}

export type PageLoader = () => Promise<{ default: ComponentType }>;

export interface RouteOptions {
  path?: string;
  Component?: ComponentType | string;
  componentLoader?: PageLoader;
  element?: ReactNode;
  skipAuthCheck?: boolean;
}

export interface RouterManager {
  add(name: string, route: RouteOptions): void;
  remove(name: string): void;
  navigate(to: string, options?: { replace?: boolean }): Promise<void>;
}

export interface PluginSettingsManager {
  addMenuItem(options: {
    key: string;
    title?: ReactNode;
    icon?: ReactNode;
    sort?: number;
    aclSnippet?: string;
    isPinned?: boolean;
    hidden?: boolean;
    showTabs?: boolean;
  }): void;
  addPageTabItem(options: {
    menuKey: string;
    key: string;
    title?: ReactNode;
    Component?: ComponentType;
    componentLoader?: PageLoader;
    sort?: number;
    aclSnippet?: string;
    hidden?: boolean;
  }): void;
  setPluginSettingsLink(pluginName: string, settingsName: string): void;
  getRoutePath(name: string): string;
}

export interface I18n {
  readonly language: string;
  t(key: string, options?: Record<string, unknown>): string;
}

export interface Application {
  readonly eventBus: EventTarget;
  readonly ws?: { on?(event: 'open', listener: () => void): void; off?(event: 'open', listener: () => void): void };
  readonly i18n: I18n;
  readonly apiClient: ApiClient;
  readonly router: RouterManager;
  readonly flowEngine: FlowEngine;
  readonly context: FlowContext;
  readonly pluginSettingsManager: PluginSettingsManager;
  getPublicPath(): string;
  getHref(path: string): string;
  use(component: ComponentType<{ children?: ReactNode }>, props?: object): void;
}

export interface PluginOptions {
  name?: string;
  packageName?: string;
}

export class Plugin<TOptions extends PluginOptions = PluginOptions, TApp extends Application = Application> {
  constructor(options: TOptions, app: TApp);
  readonly options: TOptions;
  protected readonly app: TApp;
  get flowEngine(): FlowEngine;
  get router(): RouterManager;
  get pluginSettingsManager(): PluginSettingsManager;
  afterAdd(): Promise<void>;
  beforeLoad(): Promise<void>;
  load(): Promise<void>;
  t(text: string, options?: Record<string, unknown>): string;
}

export function useApp(): Application;

export class BlockModel extends FlowModel {
  renderComponent(): ReactNode;
}

export class TopbarActionModel extends FlowModel {
  sort: number;
  actionId?: string;
  testId?: string;
  aclSnippet?: string;
  icon: ReactNode;
  tooltip: string;
  getTestId(): string;
  onClick(event?: MouseEvent<HTMLElement>): void;
}

export class UserCenterItemModel extends FlowModel {
  static itemId?: string;
  section: 'profile' | 'preferences' | 'system' | 'danger';
  sort: number;
  label?: ReactNode;
  aclSnippet?: string;
  prepare(): Promise<void>;
}

export class UserCenterActionItemModel extends UserCenterItemModel {
  danger: boolean;
  disabled: boolean;
  onClick(): Promise<void>;
}

/** Absent in hosts without the environment variables plugin's picker; feature-detect. */
export const EnvVariableInput:
  | ComponentType<{
      id?: string;
      value?: string;
      onChange?: (value: unknown) => void;
      password?: boolean;
      placeholder?: string;
    }>
  | undefined;
