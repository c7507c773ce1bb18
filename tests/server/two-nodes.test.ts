import { PROTECTED_COLLECTIONS } from '../../src/server/runtime/mail-scope';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { BOB, configureProvider, linkAccount } from '../support/linked';
import { nodesOf } from '../support/second-node';
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

it('unlinking on one node ends the copying on another: no row comes after', async () => {
  const { first, second } = nodesOf(app);
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
