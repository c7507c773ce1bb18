import { Op } from 'sequelize';
import type { WireAccount } from '../../src/shared/wire';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { BOB, configureProvider, linkAccount } from '../support/linked';
import { tablesOf } from '../support/second-node';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';
import { until } from '../support/until';

/** What the host's WORKER_MODE says of a node. One application, started anew in each of the modes. */
const before = process.env.WORKER_MODE;
let sandbox: TestSandbox;
let app: TestApp;
let bob: Caller;
let account: WireAccount;

beforeAll(async () => {
  sandbox = await startTestSandbox('node', 5);
  process.env.WORKER_MODE = '!';
  app = await createTestApp();
  await configureProvider(app, sandbox.addresses);
  bob = await app.user('bob');
}, 120_000);

afterAll(async () => {
  if (before === undefined) delete process.env.WORKER_MODE;
  else process.env.WORKER_MODE = before;
  await app?.destroy();
  await sandbox?.stop();
});

async function restartedAs(mode: string): Promise<void> {
  process.env.WORKER_MODE = mode;
  await app.app.restart();
}

it('a node that only serves requests links an account, and leaves the work to others', async () => {
  account = await linkAccount(app, bob, BOB);
  expect((await bob.post('/api/emailAccounts:sync', { accountId: account.id })).status).toBe(200);
  // A node that works beats as soon as it is started, and whenever somebody wishes something.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const tables = tablesOf(app);
  expect([await tables.nodes.find({}), await tables.leases.find({}), await tables.folders.find({})]).toEqual([
    [],
    [],
    [],
  ]);
  expect(await tables.accounts.first({ id: account.id as never })).toMatchObject({ state: 'active', lastSyncAt: null });
});

it.each([
  ['serves other topics alone', 'workflow:process,other-plugin:sync'],
  ['is a call of the command line', '-'],
])('a node that %s takes no account either', async (_what, mode) => {
  await restartedAs(mode);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const tables = tablesOf(app);
  expect([await tables.nodes.find({}), await tables.leases.find({})]).toEqual([[], []]);
});

it.each([
  ['this plugin’s topic', '!,nocobase-plugin-email-manager:sync', 1],
  ['all topics', '*', 2],
])(
  'a node that serves %s takes the account and copies its mail',
  async (_what, mode, fence) => {
    await restartedAs(mode);
    const tables = tablesOf(app);
    await tables.accounts.update({ lastSyncAt: null }, { id: account.id });
    await until('a pass over the account', () =>
      tables.accounts.first({ id: account.id, lastSyncAt: { [Op.ne]: null } } as never),
    );
    const [node, ...others] = await tables.nodes.find({});
    expect(others).toEqual([]);
    expect(await tables.leases.find({})).toMatchObject([{ accountId: account.id, owner: node.name, fence }]);
    expect(await tables.messages.count({})).toBeGreaterThan(0);
  },
  60_000,
);
