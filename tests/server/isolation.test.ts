import { PERMISSIONS } from '../../src/server/acl';
import { PROTECTED_COLLECTIONS } from '../../src/server/runtime/mail-scope';
import { ROWS } from './action-rows';
import { expectNoLeak, fillOwnersMailbox, rowCounts, type OwnersMailbox } from '../support/owners-mailbox';

let world: OwnersMailbox;
let app: OwnersMailbox['app'];
let callers: OwnersMailbox['callers'];
let ids: OwnersMailbox['ids'];

beforeAll(async () => {
  world = await fillOwnersMailbox();
  ({ app, callers, ids } = world);
}, 120_000);
afterAll(() => world?.end());

let before: Record<string, number> = {};

const everyAction = Object.entries(PERMISSIONS).flatMap(([resource, actions]) =>
  Object.entries(actions).map(([action, access]) => ({ name: `${resource}:${action}`, access })),
);

it('has a row for every action', async () => {
  before = await rowCounts(app);
  expect(Object.keys(ROWS).sort()).toEqual(everyAction.map(({ name }) => name).sort());
});

describe.each(['other', 'admin', 'root'] as const)('as %s', (who) => {
  it.each(everyAction)('$name shows and changes nothing of the owner', async ({ name, access }) => {
    const { send, others, tells } = ROWS[name](ids);
    const response = await send(callers[who]);
    expectNoLeak(response, tells);
    if (access === 'settings') {
      // Only roles with the snippet come in; the owner of a mailbox has no part in it.
      if (who === 'other') expect(response.status).toBe(403);
      else expect([200, 400, 422]).toContain(response.status);
    } else if (others === 'not-found') {
      expect([name, response.status]).toEqual([name, 404]);
    } else if (others === 'empty') {
      expect(response.status).toBe(200);
      const { data } = response.body;
      const count = Array.isArray(data) ? data.length : (data.threads?.length ?? data.unreadCount);
      expect([name, count]).toEqual([name, 0]);
    } else {
      expect(response.status).toBeLessThan(500);
    }
  });
});

describe('as anonymous', () => {
  it.each(everyAction)('$name is refused', async ({ name, access }) => {
    const response = await ROWS[name](ids).send(app.anonymous);
    expectNoLeak(response);
    expect([name, response.status]).toEqual([name, access === 'public' ? 400 : 401]);
  });
});

const GENERIC = [
  'list',
  'get',
  'query',
  'export',
  'create',
  'update',
  'destroy',
  'firstOrCreate',
  'updateOrCreate',
  'add',
  'set',
  'remove',
  'toggle',
  'move',
  'importXlsx',
];
const ownActions = new Set(everyAction.map(({ name }) => name));

describe.each(['owner', 'other', 'admin', 'root', 'anonymous'] as const)('generic routes as %s', (name_) => {
  const who = () => (name_ === 'anonymous' ? app.anonymous : callers[name_]);

  it.each(PROTECTED_COLLECTIONS.map((name) => ({ name })))('$name is closed', async ({ name }) => {
    for (const action of GENERIC) {
      if (ownActions.has(`${name}:${action}`)) continue;
      for (const url of [`/api/${name}:${action}?filterByTk=1`, `/api/users/1/${name}:${action}`]) {
        for (const response of [
          await who().get(url),
          await who().post(url, { values: {}, measures: [{ field: ['id'], aggregation: 'count' }] }),
        ]) {
          expectNoLeak(response);
          // The host answers 200 to some actions of an association that does not exist, having done nothing.
          if (!url.includes('/users/')) expect([url, response.status >= 400]).toEqual([url, true]);
        }
      }
    }
  });

  const chartOf = (collection: string) => ({
    mode: 'builder',
    variableResolution: 'legacy-schema',
    dataSource: 'main',
    collection,
    dimensions: [{ field: ['id'], alias: 'id' }],
    measures: [{ field: ['id'], aggregation: 'count', alias: 'n' }],
  });

  it('charts work here at all', async () => {
    const response = await app.root.post('/api/charts:queryData', chartOf('users'));
    expect([response.status, response.text]).toEqual([200, expect.stringContaining('"n"')]);
  });

  it.each(PROTECTED_COLLECTIONS.map((name) => ({ name })))('charts read nothing of $name', async ({ name }) => {
    const response = await who().post('/api/charts:queryData', chartOf(name));
    expectNoLeak(response);
    expect([name, response.status >= 400]).toEqual([name, true]);
  });

  it.each(PROTECTED_COLLECTIONS.map((name) => ({ name })))(
    'the preview of views reads nothing of $name',
    async ({ name }) => {
      const table = String(app.app.db.getCollection(name).model.tableName);
      for (const asked of [table, table.toUpperCase(), `"${table}"`, `public.${table}`]) {
        for (const action of ['query', 'get']) {
          const response = await who().get(
            `/api/dbViews:${action}?filterByTk=${encodeURIComponent(asked)}&pageSize=50`,
          );
          expectNoLeak(response);
          expect([asked, response.status >= 400]).toEqual([asked, true]);
        }
      }
    },
  );
});

it('the owner still has everything after all these attempts', async () => {
  expect(await rowCounts(app)).toEqual(before);
  const { owner } = callers;
  expect((await owner.get(`/api/emailThreads:get?filterByTk=${ids.thread}`)).status).toBe(200);
  expect((await owner.get(`/api/emailAttachments:download?filterByTk=${ids.attachment}`)).status).toBe(200);
  expect((await owner.get(`/api/emailDrafts:get?filterByTk=${ids.draft}`)).body.data).toMatchObject({
    subject: 'secret-draft-text',
    uploads: [{ filename: 'private-upload.txt' }],
  });
  expect((await owner.get('/api/emailAccounts:list')).body.data).toHaveLength(1);
});

/** Reads first, then what takes away. */
const LAST = ['detach', 'send', 'discard', 'cancel', 'retry', 'dismiss', 'unlink'];
const ownerOrder = [...everyAction].sort((a, b) => rank(a.name) - rank(b.name));
function rank(name: string): number {
  return LAST.indexOf(name.split(':')[1]);
}

describe('as owner', () => {
  it.each(ownerOrder)('$name does what it is for, or says why not', async ({ name }) => {
    const { send, owner = 200 } = ROWS[name](ids);
    expect([name, (await send(callers.owner)).status]).toEqual([name, owner]);
  });
});

it('a deleted user leaves no mail and no token behind', async () => {
  await app.root.post(`/api/users:destroy?filterByTk=${callers.owner.id}`);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const left = await rowCounts(app);
  for (const table of ['emailAccounts', 'emailTokens', 'emailMessages', 'emailPlacements', 'emailDrafts'])
    expect([table, left[table]]).toEqual([table, 0]);
}, 20_000);
