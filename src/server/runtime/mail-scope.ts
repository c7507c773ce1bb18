import { AsyncLocalStorage } from 'node:async_hooks';
import type { Collection, Database, Model, ModelStatic } from '@nocobase/database';

/**
 * The guard around the mail tables (docs/spec/isolation.md). Only code inside `inMailScope` may touch them, so every
 * generic route of the host (list, query, export, charts, appends, workflow nodes, AI tools) is refused, even for root.
 */
const scope = new AsyncLocalStorage<true>();

export const PROTECTED_COLLECTIONS: readonly string[] = [
  'emailProviders',
  'emailAccounts',
  'emailTokens',
  'emailOauthStates',
  'emailFolders',
  'emailMessages',
  'emailPlacements',
  'emailThreads',
  'emailThreadKeys',
  'emailAttachments',
  'emailDrafts',
  'emailUploads',
  'emailOutbox',
  'emailLeases',
  'emailNodes',
  'emailSyncLog',
];

const HOOKS = [
  'beforeFind',
  'beforeCount',
  'beforeBulkCreate',
  'beforeCreate',
  'beforeUpdate',
  'beforeBulkUpdate',
  'beforeDestroy',
  'beforeBulkDestroy',
  'beforeUpsert',
];

/** Statics that run SQL without any of the hooks above, or with `hooks: false`. */
const STATICS = [
  'aggregate',
  'increment',
  'decrement',
  'truncate',
  'restore',
  'findAll',
  'count',
  'update',
  'destroy',
  'bulkCreate',
  'upsert',
];

/** Runs `work` as code of this plugin. */
export function inMailScope<T>(work: () => Promise<T>): Promise<T> {
  return scope.run(true, work);
}

function refuseOutsiders(): void {
  if (!scope.getStore()) {
    throw Object.assign(new Error('Mail is reached through the resources of the email manager only.'), { status: 403 });
  }
}

function protect(collection: Collection): void {
  const model = collection.model as ModelStatic<Model> & Record<string, unknown>;
  for (const hook of HOOKS) model.addHook(hook as 'beforeFind', 'emailGuard', refuseOutsiders);
  for (const name of STATICS) {
    const original = model[name];
    if (typeof original !== 'function') continue;
    Object.defineProperty(model, name, {
      configurable: true,
      value: function guarded(this: unknown, ...args: unknown[]): unknown {
        refuseOutsiders();
        return Reflect.apply(original as (...args: unknown[]) => unknown, this, args);
      },
    });
  }
}

/** Closes the mail tables. Call once all collections of the plugin are defined. */
export function protectMailTables(db: Database): void {
  for (const name of PROTECTED_COLLECTIONS) protect(db.getCollection(name));
}

/** Vetoes relations from foreign collections: `appends`, `fields` and `filter` would leak through them. Call in beforeLoad. */
export function forbidRelationsToMail(db: Database): void {
  const guarded = new Set(PROTECTED_COLLECTIONS);
  db.on(
    'field.afterAdd',
    ({ collection, field }: { collection: Collection; field: { options: { target?: string } } }) => {
      const target = field.options.target;
      if (target && guarded.has(target) && !guarded.has(collection.name)) {
        throw Object.assign(new Error(`Relations to ${target} are not allowed: mail belongs to one user.`), {
          status: 403,
        });
      }
    },
  );
}
