import { PROTECTED_COLLECTIONS } from '../../src/server/runtime/mail-scope';
import { expectNoLeak, fillOwnersMailbox, rowCounts, type OwnersMailbox } from '../support/owners-mailbox';

/** Ways around the guard that the host's own tools for building collections offer to root and to administrators. */
let world: OwnersMailbox;
let app: OwnersMailbox['app'];
let callers: OwnersMailbox['callers'];
let before: Record<string, number> = {};

beforeAll(async () => {
  world = await fillOwnersMailbox();
  ({ app, callers } = world);
  before = await rowCounts(app);
}, 120_000);
afterAll(() => world?.end());

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
        {
          name: `v2_${table}`,
          template: 'view',
          view: true,
          viewName: table,
          fields: [{ name: 'id', type: 'bigInt' }],
        },
        { name: `child_${table}`, inherits: [table], fields: [] },
        { name: `ch2_${table}`, inherits: [[table]], fields: [] },
        // Sequelize takes an object for a name, too.
        {
          name: `o1_${table}`,
          tableName: { tableName: table },
          options: { tableName: table },
          fields: [{ name: 'id', type: 'bigInt' }],
        },
        {
          name: `o2_${table}`,
          tableName: { tableName: { tableName: table } },
          fields: [{ name: 'id', type: 'bigInt' }],
        },
        {
          name: `o4_${table}`,
          tableName: { schema: table.slice(0, 5), delimiter: table.slice(5, 8), tableName: table.slice(8) },
          options: { schema: table.slice(0, 5) },
          fields: [{ name: 'id', type: 'bigInt' }],
        },
        {
          name: `o3_${table}`,
          template: 'view',
          view: true,
          viewName: { tableName: table, z: 1 },
          fields: [{ name: 'id', type: 'bigInt' }],
        },
      ];
      for (const door of doors) {
        const response = await app.root.post('/api/collections:create', door);
        expect([door.name, response.status >= 400]).toEqual([door.name, true]);
        if (door.name !== table) expectNoLeak(await app.root.get(`/api/${door.name}:list`));
      }
    }
  });

  it('the preview of views takes no object for a name', async () => {
    for (const table of ['emailMessages', 'emailTokens'])
      for (const query of [
        `filterByTk[tableName]=${table}&filterByTk[z]=x`,
        `filterByTk[z]=x&filterByTk[tableName]=${table}`,
        `filterByTk[tableName][tableName]=${table}&filterByTk[z][]=x`,
        `filterByTk[]=${table}&filterByTk[]=x`,
        `filterByTk[schema]=${table.slice(0, 5)}&filterByTk[delimiter]=${table.slice(5, 8)}&filterByTk[tableName]=${table.slice(8)}`,
      ])
        for (const action of ['query', 'get'])
          expectNoLeak(await app.root.get(`/api/dbViews:${action}?${query}&pageSize=5`));
  });

  it('the host neither adds fields to a mail table nor drops it', async () => {
    const field = { name: 'extra', type: 'string', interface: 'input' };
    expect((await app.root.post('/api/collections/emailMessages/fields:create', field)).status).toBeGreaterThanOrEqual(
      400,
    );
    await app.root.post('/api/collections:destroy?filterByTk=emailMessages');
    await app.root.post('/api/mainDataSource:refresh');
    expect(await rowCounts(app)).toEqual(before);
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
