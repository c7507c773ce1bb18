import type { Response } from 'supertest';
import type { WireFolder, WireThread, WireThreadDetail } from '../../src/shared/wire';
import { PERMISSIONS } from '../../src/server/acl';
import { PROTECTED_COLLECTIONS } from '../../src/server/runtime/mail-scope';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { configureProvider, linkAccount, synced } from '../support/linked';
import { ROWS } from './action-rows';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';

/** Texts that only the owner may ever read. */
const MARKERS = [
  'Quarterly review',
  'alice@contoso.test',
  'お見積書',
  'secret-draft-text',
  'private-upload.txt',
  'Sent Items',
];

let sandbox: TestSandbox;
let app: TestApp;
const callers: Record<'owner' | 'other' | 'admin' | 'root', Caller> = {} as never;
const ids: Record<string, number> = {};

beforeAll(async () => {
  sandbox = await startTestSandbox('node', 12);
  app = await createTestApp();
  await configureProvider(app, sandbox.addresses);
  callers.owner = await app.user('alice');
  callers.other = await app.user('eve');
  callers.admin = await app.user('admina', 'admin');
  callers.root = app.root;
  const { owner } = callers;
  const account = await linkAccount(app, owner, sandbox.addresses.users[0]);
  await synced(owner, account.id);
  ids.account = account.id;
  const folders = (await owner.get('/api/emailFolders:list')).body.data as WireFolder[];
  ids.folder = (folders.find((folder) => folder.role === 'inbox') as WireFolder).id;
  const threads = (await owner.get(`/api/emailThreads:list?folderId=${ids.folder}`)).body.data.threads as WireThread[];
  ids.thread = (threads.find((thread) => thread.hasAttachments) as WireThread).id;
  const thread = (await owner.get(`/api/emailThreads:get?filterByTk=${ids.thread}`)).body.data as WireThreadDetail;
  ids.message = thread.messages[0].id;
  ids.attachment = thread.messages.flatMap((message) => message.attachments)[0].id;
  const draft = (await owner.post('/api/emailDrafts:create', { accountId: account.id, kind: 'new' })).body.data;
  ids.draft = draft.id;
  await owner.post(`/api/emailDrafts:save?filterByTk=${draft.id}`, {
    accountId: account.id,
    revision: draft.revision,
    subject: 'secret-draft-text',
    html: '<p>secret-draft-text</p>',
  });
  ids.upload = (
    await owner.upload(`/api/emailDrafts:upload?filterByTk=${draft.id}`, Buffer.from('private'), 'private-upload.txt')
  ).body.data.id;
  const outgoing = (
    await owner.post('/api/emailDrafts:create', {
      accountId: account.id,
      kind: 'new',
      to: [{ address: 'bob@contoso.test' }],
    })
  ).body.data;
  ids.outbox = (await owner.post(`/api/emailDrafts:send?filterByTk=${outgoing.id}`)).body.data.id;
  await owner.post(`/api/emailOutbox:cancel?filterByTk=${ids.outbox}`);
}, 120_000);

afterAll(async () => {
  await app?.destroy();
  await sandbox?.stop();
});

/** Rows of every mail table that requests of others must not change, counted past the guard. */
async function rowCounts(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of PROTECTED_COLLECTIONS.filter(
    (one) => !['emailOauthStates', 'emailSyncLog', 'emailNodes'].includes(one),
  )) {
    const [[{ n }]] = (await app.app.db.sequelize.query(
      `SELECT count(*) AS n FROM ${app.app.db.getCollection(name).quotedTableName()}`,
    )) as unknown as [[{ n: number }]];
    counts[name] = Number(n);
  }
  return counts;
}
let before: Record<string, number> = {};

const everyAction = Object.entries(PERMISSIONS).flatMap(([resource, actions]) =>
  Object.entries(actions).map(([action, access]) => ({ name: `${resource}:${action}`, access })),
);

function expectNoLeak(response: Response): void {
  const text = `${response.text ?? ''}${Buffer.isBuffer(response.body) ? response.body.toString() : ''}`;
  expect(MARKERS.filter((marker) => text.includes(marker))).toEqual([]);
}

it('has a row for every action', async () => {
  before = await rowCounts();
  expect(Object.keys(ROWS).sort()).toEqual(everyAction.map(({ name }) => name).sort());
});

describe.each(['other', 'admin', 'root'] as const)('as %s', (who) => {
  it.each(everyAction)('$name shows and changes nothing of the owner', async ({ name, access }) => {
    const { send, others } = ROWS[name](ids);
    const response = await send(callers[who]);
    expectNoLeak(response);
    if (access === 'settings') {
      // Only roles with the snippet come in; the owner of a mailbox has no part in it.
      if (who === 'other') expect(response.status).toBe(403);
      else expect([200, 400, 422]).toContain(response.status);
    } else if (others === 'not-found') {
      expect([name, response.status]).toEqual([name, 404]);
    } else if (others === 'empty') {
      expect(response.status).toBe(200);
      expect([0, undefined]).toContain(
        Array.isArray(response.body.data) ? response.body.data.length : response.body.data.unreadCount,
      );
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

  it.each(PROTECTED_COLLECTIONS.map((name) => ({ name })))('charts read nothing of $name', async ({ name }) => {
    const response = await who().post('/api/charts:queryData', {
      dataSource: 'main',
      collection: name,
      dimensions: [{ field: ['id'], alias: 'id' }],
      measures: [{ field: ['id'], aggregation: 'count', alias: 'n' }],
    });
    expectNoLeak(response);
    expect([name, response.status >= 400]).toEqual([name, true]);
  });
});

describe('relations', () => {
  const field = (body: object) =>
    app.root.post('/api/collections/deals/fields:create', { interface: 'o2m', foreignKey: 'userId', ...body });
  /** What would show rows of mail if the host had kept the relation. */
  const through = (name: string) =>
    [`appends=${name}`, `fields=${name}.id`, `sort=${name}.id`, `filter={"${name}.id":{"$gt":0}}`].map(
      (query) => `/api/deals:list?${query}`,
    );

  beforeAll(async () => {
    const created = await app.root.post('/api/collections:create', {
      name: 'deals',
      fields: [
        { name: 'title', type: 'string', interface: 'input' },
        { name: 'userId', type: 'bigInt', interface: 'integer' },
      ],
    });
    expect(created.status).toBe(200);
    const deal = { title: 'a deal', userId: callers.owner.id };
    expect((await app.root.post('/api/deals:create', deal)).status).toBe(200);
  });

  it.each(PROTECTED_COLLECTIONS.map((target) => ({ target })))(
    'no foreign collection gets a relation to $target',
    async ({ target }) => {
      const attempts = [
        { name: `x${target}`, type: 'hasMany', target },
        { name: `y${target}`, type: 'belongsTo', target, interface: 'm2o' },
        { name: target, type: 'hasMany' },
        {
          name: `z${target}`,
          type: 'belongsToMany',
          target: 'users',
          through: target,
          otherKey: 'id',
          interface: 'm2m',
        },
      ];
      for (const attempt of attempts) {
        const response = await field(attempt);
        expect([attempt.name, response.status >= 400]).toEqual([attempt.name, true]);
        expect(app.app.db.getCollection('deals').model.associations[attempt.name]).toBeUndefined();
        for (const url of through(attempt.name)) expectNoLeak(await app.root.get(url));
      }
      expect((await app.root.get('/api/deals:list')).body.data).toHaveLength(1);
    },
  );

  it('no second door leads to a mail table: same name, other case, a view, a through table', async () => {
    for (const table of ['emailMessages', 'emailTokens', 'emailPlacements']) {
      const doors = [
        { name: table, fields: [] },
        { name: table, from: 'dbsync', fields: [] },
        { name: table, isThrough: true, fields: [] },
        { name: table.toLowerCase(), fields: [] },
        { name: `copy_${table}`, tableName: table.toUpperCase(), fields: [] },
        { name: `view_${table}`, view: true, viewName: table, fields: [{ name: 'id', type: 'bigInt' }] },
      ];
      for (const door of doors) {
        const response = await app.root.post('/api/collections:create', door);
        expect([door.name, response.status >= 400]).toEqual([door.name, true]);
        if (door.name !== table) expectNoLeak(await app.root.get(`/api/${door.name}:list`));
      }
    }
  });

  it('code of other plugins that uses repositories and models is refused', async () => {
    const repository = app.app.db.getRepository('emailMessages');
    const model = app.app.db.getCollection('emailMessages').model;
    const attempts = [
      () => repository.find(),
      () => repository.count(),
      () => repository.aggregate({ method: 'count', field: 'id' } as never),
      () => model.findAll(),
      () => model.findAll({ hooks: false } as never),
      () => model.findByPk(1),
      () => model.sum('id'),
      () => repository.update({ filter: { id: 1 }, values: { subject: 'x' } }),
      () => model.destroy({ where: {} }),
    ];
    for (const attempt of attempts) await expect(Promise.resolve().then(attempt)).rejects.toThrow(/email manager/);
  });
});

it('the owner still has everything after all these attempts', async () => {
  expect(await rowCounts()).toEqual(before);
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
  const left = await rowCounts();
  for (const table of ['emailAccounts', 'emailTokens', 'emailMessages', 'emailPlacements', 'emailDrafts'])
    expect([table, left[table]]).toEqual([table, 0]);
}, 20_000);
