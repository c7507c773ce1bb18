import type { TrustedHosts } from './settings/provider-settings';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Application } from '@nocobase/server';
import { LIVE_EVENT } from '../shared/constants';
import { ConnectGate } from './accounts/connect-gate';
import { Connections } from './accounts/connections';
import { Notices } from './accounts/notices';
import { unlinkAccount } from './accounts/unlink';
import { keepPause } from './accounts/server-pause';
import { SessionPool } from './accounts/session-pool';
import { Turns } from './accounts/turns';
import type { AccountId } from './mail/ids';
import { OutboxWorker } from './outbox/outbox-worker';
import type { Log } from './ports/runtime';
import { microsoftProvider } from './providers/microsoft/provider';
import { ProviderRegistry } from './providers/registry';
import { Background } from './runtime/background';
import { DatabaseAccountStore } from './runtime/database-account-store';
import { databaseClock } from './runtime/database-clock';
import { DatabaseDraftStore } from './runtime/database-draft-store';
import { DatabaseHealthStore } from './runtime/database-health-store';
import { DatabaseMailChanges } from './runtime/database-mail-changes';
import { DatabaseMailboxStore } from './runtime/database-mailbox-store';
import { DatabaseMessageStore } from './runtime/database-message-store';
import { DatabaseOAuthStateStore } from './runtime/database-oauth-state-store';
import { DatabaseOutboxStore } from './runtime/database-outbox-store';
import { DatabaseProviderStore } from './runtime/database-provider-store';
import { DatabaseSearch } from './runtime/database-search';
import { DatabaseSearchIndex } from './runtime/database-search-index';
import { DatabaseSourceMessages } from './runtime/database-source-messages';
import { DatabaseSyncLog } from './runtime/database-sync-log';
import { HostNotifier } from './runtime/host-notifier';
import { HostPeople } from './runtime/host-people';
import type { Claim } from './runtime/live-account';
import { LeaseKeeper } from './runtime/lease-keeper';
import { liveBus } from './runtime/live-bus';
import { openMailParser, type OpenParser } from './runtime/parse-worker/open-parser';
import { FolderFiles } from './runtime/private-files';
import { SealedTokenVault } from './runtime/sealed-token-vault';
import { AesGcmSecretBox } from './runtime/secret-box';
import { SyncSupervisor } from './runtime/sync-supervisor';
import { systemClock } from './runtime/system-clock';
import { openTables, type Tables } from './runtime/tables';
import { AccountWorker } from './sync/account-worker';
import type { WorkerPorts } from './sync/worker-ports';
import type { Services } from './services';

/** Mailboxes whose missing bodies are read at the same time; new mail in an inbox does not wait for them. */
const MOST_READING = 8;

/** Everything of the plugin in one application, built once per load. */
export interface Wiring {
  readonly services: Services;
  readonly supervisor: SyncSupervisor;
  readonly outboxWorker: OutboxWorker;
  readonly notices: Notices;
  readonly background: Background;
  readonly parser: OpenParser;
}

/** Root of what we keep outside the database: one folder per application, outside `storage/uploads`. */
function storageFolder(app: Application): string {
  const storage = process.env.STORAGE_PATH ?? path.resolve(process.cwd(), 'storage');
  return path.join(storage, 'email-manager', (app.name ?? 'main').replace(/[^\w-]/g, '_'));
}

/** Builds and connects the parts. The only place that knows all of them. */
export function wire(app: Application, log: Log): Wiring {
  const tables = openTables(app.db);
  const base = openBase(app, log, tables);
  const background = new Background(log);
  const run = (name: string, task: () => Promise<void>): void => background.run(name, task);
  const sharedNow = databaseClock(app.db.sequelize);
  const notices = new Notices({ ...base, run });
  const shared = { notices, reading: new Turns(MOST_READING), parser: openMailParser(__dirname, log) };
  const supervisor: SyncSupervisor = new SyncSupervisor({
    accounts: base.accounts,
    leases: new LeaseKeeper(tables, sharedNow),
    clock: systemClock,
    log,
    background,
    wakeOutbox: () => outboxWorker.wake(),
    startWorker: (id, signal, claim) => startWorker({ ...base, ...shared }, tables, id, signal, claim),
  });
  const outboxWorker: OutboxWorker = new OutboxWorker(`outbox:${randomUUID()}`, {
    ...base,
    now: () => systemClock.now(),
    sharedNow,
    wakeups: supervisor,
    run,
  });
  base.sessions.whenPaused((account, until) =>
    run('keep-pause', () => keepPause({ accounts: base.accounts, wakeups: supervisor }, account.id, until)),
  );
  const unlink = unlinkAccount({ ...base, stopWork: (account) => supervisor.drop(account.id) });
  const services = { ...base, wakeups: supervisor, unlink };
  return { services, supervisor, outboxWorker, notices, background, parser: shared.parser };
}

/** Everything but the background work. */
function openBase(app: Application, log: Log, tables: Tables) {
  const registry = new ProviderRegistry();
  registry.register(microsoftProvider);
  const box = new AesGcmSecretBox({ env: process.env, keyFile: path.join(storageFolder(app), 'key') });
  const providers = new DatabaseProviderStore(tables, box, (template) => renderTemplate(app, template), trustedHosts);
  const vault = new SealedTokenVault(tables, box);
  const provider = (name: string) => registry.get(name);
  const settings = (name: string) => providers.load(name);
  const people = new HostPeople(app.db);
  const connections = new Connections({ provider, settings, vault, gate: new ConnectGate(systemClock) });
  return {
    ...openStores(app, tables),
    box,
    providers,
    vault,
    provider,
    providerNames: () => registry.names(),
    connections,
    sessions: openSessionPool(connections),
    people,
    notifier: new HostNotifier(app, people),
    clock: systemClock,
    log,
    live: liveBus((userId, payload) => app.emit('ws:sendToUser', { userId, message: { type: LIVE_EVENT, payload } })),
  };
}

/** For a line beside the worker's own. */
const LONGEST_WAIT_MS = 30_000;

function startWorker(
  base: ReturnType<typeof openBase> & {
    readonly notices: Notices;
    readonly reading: Turns;
    readonly parser: OpenParser;
  },
  tables: Tables,
  id: AccountId,
  signal: AbortSignal,
  claim: Claim,
): AccountWorker {
  const { providers, sessions, notices, reading } = base;
  const ports: WorkerPorts = {
    ...base,
    accounts: new DatabaseAccountStore(tables, claim),
    store: new DatabaseMessageStore(tables, claim),
    searchIndex: new DatabaseSearchIndex(tables, claim),
    syncLog: new DatabaseSyncLog(tables, claim),
    misconfigured: (name, error) => providers.mark(name, error.code),
    reading,
    random: Math.random,
    tellOwner: (account) => notices.tell(account),
    leaveAlone: (account) => sessions.rest(account),
    freshSession: async (account) => {
      // Whoever downloads for long has the lines for long.
      const wait = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_WAIT_MS)]);
      const { session, giveBack } = await sessions.borrow(account, { fresh: true, signal: wait });
      return { session, close: () => giveBack(false) };
    },
  };
  return new AccountWorker(id, ports, signal);
}

/** Connections for what people read on demand, beside the ones of the sync workers. */
function openSessionPool(connections: Connections): SessionPool {
  return new SessionPool({
    clock: systemClock,
    open: (account) => connections.open(account),
  });
}

function openStores(app: Application, tables: Tables) {
  return {
    accounts: new DatabaseAccountStore(tables),
    mailbox: new DatabaseMailboxStore(tables),
    search: new DatabaseSearch(tables),
    mailChanges: new DatabaseMailChanges(tables),
    store: new DatabaseMessageStore(tables),
    messages: new DatabaseSourceMessages(tables),
    drafts: new DatabaseDraftStore(tables),
    outbox: new DatabaseOutboxStore(tables),
    files: new FolderFiles(path.join(storageFolder(app), 'files')),
    states: new DatabaseOAuthStateStore(tables),
    syncLog: new DatabaseSyncLog(tables),
    health: new DatabaseHealthStore(tables, databaseClock(app.db.sequelize)),
  };
}

/** Of the environment, where only the operator writes: `EMAIL_MANAGER_SIGN_IN_HOSTS` (origins) and `EMAIL_MANAGER_MAIL_HOSTS` (names), comma-separated. */
function trustedHosts(): TrustedHosts {
  const list = (value = ''): string[] =>
    value
      .split(',')
      .map((host) => host.trim())
      .filter(Boolean);
  const { EMAIL_MANAGER_SIGN_IN_HOSTS: signIn, EMAIL_MANAGER_MAIL_HOSTS: mail } = process.env;
  return { signIn: list(signIn), mail: list(mail) };
}

/** `{{$env.X}}` with the application's own environment variables; undefined where no such variable exists. */
function renderTemplate(app: Application, template: string): string | undefined {
  const environment = (app as { environment?: { renderJsonTemplate(value: string): unknown } }).environment;
  const rendered = environment?.renderJsonTemplate(template);
  return typeof rendered === 'string' ? rendered : undefined;
}
