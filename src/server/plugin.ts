import { isTransient, Plugin, serving } from '@nocobase/server';
import { PKG } from '../shared/constants';
import { grantPermissions, PERMISSIONS } from './acl';
import { forbidRedefinition, forbidRelationsToMail, forbidViewsOfMail, protectMailTables } from './runtime/mail-scope';
import { keepRequestsPrivate } from './runtime/private-requests';
import { pluginLog } from './runtime/plugin-log';
import { defineResources } from './resources';
import { wire, type Wiring } from './wiring';

/** How long a stopping application waits for us; process managers kill after less than two seconds. */
const STOP_PATIENCE_MS = 1_200;

/** Composition root: declares tables, resources and permissions, and starts the background work. */
export class PluginEmailManagerServer extends Plugin {
  private wiring: Wiring | null = null;

  override beforeLoad(): void {
    forbidRelationsToMail(this.db);
    forbidRedefinition(this.db);
  }

  override async load(): Promise<void> {
    protectMailTables(this.db);
    forbidViewsOfMail(this.db, this.app.resourceManager);
    const wiring = wire(this.app, pluginLog(this.log));
    this.wiring = wiring;
    keepRequestsPrivate(this.app as never, Object.keys(PERMISSIONS));
    defineResources(this.app.resourceManager, wiring.services);
    grantPermissions(this.app.acl);
    // Which of the two events the host fires depends on the database.
    this.db.on('users.afterDestroy', (_user: unknown, options?: DestroyOptions) =>
      this.onUsersDeleted(wiring, options),
    );
    this.db.on('users.afterBulkDestroy', (options?: DestroyOptions) => this.onUsersDeleted(wiring, options));
    this.app.on('afterStart', () => this.startWork(wiring));
    // The host awaits its listeners (emitAsync), so the database is still open while we stop.
    // eslint-disable-next-line @typescript-eslint/no-misused-promises
    this.app.on('beforeStop', () => this.stopWork());
  }

  override async beforeDisable(): Promise<void> {
    await this.stopWork();
  }

  private startWork(wiring: Wiring): void {
    const { supervisor, outboxWorker, notices, background } = wiring;
    // Command-line calls and task workers load plugins too; WORKER_MODE says which nodes work in the background.
    if (isTransient() || !serving(`${PKG}:sync`)) return;
    background.run('remove-mail-of-deleted-users', () => this.removeOrphans(wiring));
    supervisor.start();
    outboxWorker.start();
    notices.start();
  }

  private async stopWork(): Promise<void> {
    const { wiring } = this;
    this.wiring = null;
    if (!wiring) return;
    wiring.outboxWorker.stop();
    wiring.notices.stop();
    wiring.services.sessions.close();
    // Everybody who reads is told to end before anything is awaited.
    await Promise.all([wiring.supervisor.stop(), wiring.parser.close()]);
    await wiring.background.settle(STOP_PATIENCE_MS);
  }

  /** Whoever is deleted leaves no mail and no token behind. */
  private onUsersDeleted(wiring: Wiring, options?: DestroyOptions): void {
    const clean = (): void => wiring.background.run('remove-mail-of-deleted-users', () => this.removeOrphans(wiring));
    if (options?.transaction) options.transaction.afterCommit(clean);
    else clean();
  }

  private async removeOrphans({ services }: Wiring): Promise<void> {
    const users = this.db.getRepository('users');
    for (const user of await services.accounts.owners()) {
      if ((await users.count({ filter: { id: user } })) > 0) continue;
      for (const account of await services.accounts.list(user)) await services.unlink(account);
    }
  }
}

interface DestroyOptions {
  readonly transaction?: { afterCommit(work: () => void): void } | null;
}

export default PluginEmailManagerServer;
