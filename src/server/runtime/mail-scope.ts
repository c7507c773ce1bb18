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
  'emailSearchEntries',
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
    throw refusal('Mail is reached through the resources of the email manager only.');
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
  forbidSecondDoors(db);
}

/**
 * Another model on one of our physical tables would have none of the guards: a view, a through table, or a collection whose
 * name differs in case only, which SQLite and some MySQL servers take for the same table. Refused for everybody.
 */
function forbidSecondDoors(db: Database): void {
  const models = PROTECTED_COLLECTIONS.map((name) => db.getCollection(name).model);
  const physical = new Set(models.map((model) => tableNameOf(model)));
  db.sequelize.addHook('afterDefine', 'emailGuard', (model) => {
    const other = model as ModelStatic<Model>;
    if (models.includes(other)) return;
    // An object may hold a name in pieces, which are put together later.
    const isPlain = typeof other.tableName === 'string';
    if (isPlain && !physical.has(tableNameOf(other)) && !isBesideIndex(db, tableNameOf(other))) return;
    throw refusal(`The table ${other.tableName} belongs to the email manager.`);
  });
}

/** SQLite keeps the words of the full-text index in tables beside ours, `…_fts` and `…_fts_data` (runtime/search/sqlite-index.ts). */
function isBesideIndex(db: Database, table: string): boolean {
  return table.includes(`${tableNameOf(db.getCollection('emailSearchEntries').model)}_fts`);
}

function tableNameOf(model: { readonly tableName: unknown }): string {
  return String(model.tableName).toLowerCase();
}

interface RelationField {
  readonly name: string;
  /** The host takes the field's own name for a missing target, and a generated one for a missing `through`. */
  readonly target?: string;
  readonly through?: string;
  readonly options: { readonly target?: string; readonly through?: string };
}

interface HostRow {
  get(key: string): unknown;
}

/**
 * Keeps the host from describing our tables a second time: a row in `collections` or `fields` that names one would define the
 * model anew, without the guard. Call in beforeLoad.
 */
export function forbidRedefinition(db: Database): void {
  const guarded = new Set(PROTECTED_COLLECTIONS.map((name) => name.toLowerCase()));
  const refuseMail = (keys: readonly string[]) => (row: HostRow) => {
    const names = keys.flatMap((key) => plainNames(row.get(key)));
    const mail = names.find((name) => guarded.has(name.toLowerCase()));
    if (mail) throw refusal(`The table ${mail} belongs to the email manager.`);
  };
  db.on('collections.beforeSave', refuseMail(['name', 'tableName', 'viewName', 'inherits']));
  db.on('fields.beforeSave', refuseMail(['collectionName', 'target', 'through']));
}

/** Sequelize takes an object for a name, even in pieces (`schema`, `delimiter`, `tableName`). Nothing of the host needs that here. */
function plainNames(value: unknown): string[] {
  const names = Array.isArray(value) ? (value as unknown[]) : [value ?? ''];
  if (!names.every((name) => typeof name === 'string')) throw refusal('The name of a table is plain text.');
  return names;
}

interface HostContext {
  readonly action?: { readonly resourceName?: string; readonly params?: Readonly<Record<string, unknown>> };
}

/** The host shows the rows of any table to whoever may make view collections (`dbViews:query`): not of ours. Call in load. */
export function forbidViewsOfMail(db: Database, manager: { use(middleware: unknown, options: object): unknown }): void {
  const physical = PROTECTED_COLLECTIONS.map((name) => tableNameOf(db.getCollection(name).model));
  const bare = (name: string): string => name.replace(/\W/g, '').toLowerCase();
  manager.use(
    async (ctx: HostContext, next: () => Promise<void>) => {
      const { resourceName, params } = ctx.action ?? {};
      const asked = resourceName === 'dbViews' ? plainNames(params?.filterByTk).map(bare) : [];
      if (asked.some((name) => physical.some((table) => name.endsWith(table)) || isBesideIndex(db, name)))
        throw refusal('This table belongs to the email manager.');
      await next();
    },
    { tag: 'emailViews', before: 'acl' },
  );
}

/** Vetoes relations from foreign collections: `appends`, `fields` and `filter` would leak through them. Call in beforeLoad. */
export function forbidRelationsToMail(db: Database): void {
  const guarded = new Set(PROTECTED_COLLECTIONS.map((name) => name.toLowerCase()));
  db.on('field.afterAdd', ({ collection, field }: { collection: Collection; field: RelationField }) => {
    if (guarded.has(collection.name.toLowerCase())) return;
    const ends = [field.target, field.through, field.options.target, field.options.through];
    const mail = ends.find((end) => typeof end === 'string' && guarded.has(end.toLowerCase()));
    if (!mail) return;
    // The association is bound already; left there, a filter could still reach through it.
    collection.removeField(field.name);
    throw refusal(`Relations to ${mail} are not allowed: mail belongs to one user.`);
  });
}

function refusal(message: string): Error {
  return Object.assign(new Error(message), { status: 403 });
}
