import type { Wiring } from '../../src/server/wiring';
import { PROTECTED_COLLECTIONS } from '../../src/server/runtime/mail-scope';
import type { LeaseKeeper } from '../../src/server/runtime/lease-keeper';
import type { SupervisorPorts, SyncSupervisor } from '../../src/server/runtime/sync-supervisor';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { BOB, configureProvider, linkAccount } from '../support/linked';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';
import { until } from '../support/until';

/** A second node on the same database: its own supervisor with its own name in the leases. */
let sandbox: TestSandbox;
let app: TestApp;
let bob: Caller;

beforeAll(async () => {
  sandbox = await startTestSandbox('node', 300);
  app = await createTestApp();
  await configureProvider(app, sandbox.addresses);
  bob = await app.user('bob');
}, 120_000);

afterAll(async () => {
  await app?.destroy();
  await sandbox?.stop();
});

const rowsOf = async (collection: string): Promise<number> => {
  const [[{ n }]] = (await app.app.db.sequelize.query(
    `SELECT count(*) AS n FROM ${app.app.db.getCollection(collection).quotedTableName()}`,
  )) as unknown as [[{ n: number }]];
  return Number(n);
};

/** The supervisor of this application, and another one as a second process would have it. */
function nodes(): { first: SyncSupervisor; second: SyncSupervisor } {
  const plugin = app.app.pm.get('nocobase-plugin-email-manager') as unknown as { wiring: Wiring };
  const first = plugin.wiring.supervisor;
  const ports = (first as unknown as { ports: SupervisorPorts }).ports;
  const keeper = ports.leases as unknown as { tables: unknown; databaseNow: unknown };
  const Keeper = ports.leases.constructor as new (tables: unknown, now: unknown) => LeaseKeeper;
  const Supervisor = first.constructor as new (with_: SupervisorPorts) => SyncSupervisor;
  return { first, second: new Supervisor({ ...ports, leases: new Keeper(keeper.tables, keeper.databaseNow) }) };
}

it('unlinking on one node ends the copying on another: no row comes after', async () => {
  const { first, second } = nodes();
  await first.stop();
  await linkAccount(app, bob, BOB);
  second.start();
  await until('the other node to copy', async () => (await rowsOf('emailPlacements')) > 20);
  expect(await rowsOf('emailMessages')).toBeLessThan(300);
  expect((await bob.post('/api/emailAccounts:unlink', { accountId: 1 })).status).toBe(200);
  // Long enough for a batch that was on its way, and for the next beat.
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  const keeps = ['emailProviders', 'emailNodes', 'emailOauthStates'];
  for (const name of PROTECTED_COLLECTIONS.filter((one) => !keeps.includes(one)))
    expect([name, await rowsOf(name)]).toEqual([name, 0]);
  await second.stop();
}, 90_000);
