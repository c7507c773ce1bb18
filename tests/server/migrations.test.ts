import ShownFolder from '../../src/server/migrations/20261126120000-shown-folder';
import type { WireAccount, WireFolder, WireThread } from '../../src/shared/wire';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { configureProvider, linkAccount, synced } from '../support/linked';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';

let sandbox: TestSandbox;
let app: TestApp;
let alice: Caller;
let mailbox: WireAccount;

beforeAll(async () => {
  sandbox = await startTestSandbox('node', 5);
  app = await createTestApp();
  await configureProvider(app, sandbox.addresses);
  alice = await app.user('alice');
  mailbox = await linkAccount(app, alice, sandbox.addresses.users[0]);
  await synced(alice, mailbox.id);
}, 120_000);

afterAll(async () => {
  await app?.destroy();
  await sandbox?.stop();
}, 60_000);

const inbox = async (): Promise<WireThread[]> => {
  const folders = (await alice.get('/api/emailFolders:list')).body.data as WireFolder[];
  const { id } = folders.find((folder) => folder.role === 'inbox') as WireFolder;
  return (await alice.get(`/api/emailThreads:list?folderId=${id}`)).body.data.threads as WireThread[];
};

/** Past the guard, as the rows of an older version would lie there. */
const sql = async (what: (column: (name: string) => string) => string): Promise<void> => {
  const collection = app.app.db.getCollection('emailPlacements');
  const quote = (name: string): string =>
    app.app.db.sequelize
      .getQueryInterface()
      .quoteIdentifier((collection.model.rawAttributes[name] as { field?: string }).field ?? name);
  await app.app.db.sequelize.query(`UPDATE ${collection.quotedTableName()} SET ${what(quote)}`);
};

it('mail of 0.1 is shown where it lies, and what is being deleted stays out of sight', async () => {
  const before = await inbox();
  expect(before.length).toBeGreaterThan(5);
  const erased = before[0];
  await sql((column) => `${column('shownFolderId')} = NULL`);
  await sql((column) => `${column('pending')} = 'erase' WHERE ${column('threadId')} = ${erased.id}`);
  expect(await inbox()).toEqual([]);

  const migration = new ShownFolder({ app: app.app, db: app.app.db } as never);
  await migration.up();
  await migration.up();

  const shown = (await inbox()).map((thread) => thread.id);
  expect(shown).toEqual(before.slice(1).map((thread) => thread.id));
});
