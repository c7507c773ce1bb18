import type { MessageRow } from '../../src/server/ports/records';
import { jsonRowsOf } from '../../src/server/runtime/json-rows';
import type { Tables } from '../../src/server/runtime/tables';
import type { Wiring } from '../../src/server/wiring';
import { createTestApp, type TestApp } from '../support/app';

/** Rows that come by the thousand are written in another way than single ones. What is read of them must not tell. */
let app: TestApp;
let messages: Tables['messages'];

beforeAll(async () => {
  app = await createTestApp();
  const { wiring } = app.app.pm.get('nocobase-plugin-email-manager') as unknown as { wiring: Wiring };
  ({ messages } = (wiring.services.store as unknown as { tables: Tables }).tables);
}, 120_000);

afterAll(async () => {
  await app?.destroy();
});

const row = (fingerprint: string, more: object = {}): Partial<MessageRow> =>
  ({ accountId: 1, userId: 1, fingerprint, ...more }) as Partial<MessageRow>;

const ODD = {
  quotes: `it's "quoted" \`so\` \\ and \\' and -- so; /* too */`,
  parameters: '$1 $2 ? :name @name $$ %s ${x}',
  json: '{"a": [1, "b"]}',
  number: '0012e3',
  word: 'null',
  empty: '',
  lines: 'a\r\nb\tc\u0001\u001f\u2028',
  scripts: '日本語 русский \u{1f600} e\u0301',
};

/** Without what a row has of its own. */
function plain(read: MessageRow | null): object {
  const {
    id: _id,
    fingerprint: _fingerprint,
    createdAt,
    updatedAt,
    ...rest
  } = read as MessageRow & Record<string, Date>;
  expect(Math.abs(createdAt.getTime() - Date.now())).toBeLessThan(60_000);
  expect(updatedAt.getTime()).toBe(createdAt.getTime());
  return rest;
}

it('many at once read like one alone: texts of any kind, JSON, numbers, defaults', async () => {
  const values = Object.entries(ODD).map(([name, text]) => ({
    subject: text,
    text,
    from: { name: text, address: `${name}@x` },
    references: [text, name],
    cc: [],
    to: null,
    sentAt: 2 ** 53 - 1,
    hasAttachments: name === 'json',
    errorCode: null,
  }));
  for (const [at, value] of values.entries()) await messages.insert(row(`one ${at}`, value));
  await messages.insertMany(values.map((value, at) => row(`many ${at}`, value)));
  for (const at of values.keys()) {
    const one = await messages.first({ fingerprint: `one ${at}` });
    const many = await messages.first({ fingerprint: `many ${at}` });
    expect(plain(many)).toEqual(plain(one));
    expect(many).toMatchObject(values[at]);
  }
});

it('rows that do not say the same columns keep their own', async () => {
  await messages.insertMany([row('short', { subject: 'a' }), row('long', { snippet: 'b', isComplete: false })]);
  expect(await messages.first({ fingerprint: 'short' })).toMatchObject({
    subject: 'a',
    snippet: null,
    isComplete: true,
  });
  expect(await messages.first({ fingerprint: 'long' })).toMatchObject({
    subject: null,
    snippet: 'b',
    isComplete: false,
  });
});

it('what a unique index holds already is left as it is, and what was written is told', async () => {
  const told = ['id', 'fingerprint', 'isComplete', 'sentAt'] as const;
  await messages.insertMany([row('twice', { subject: 'first' })]);
  const both = [
    row('twice', { subject: 'second' }),
    row('beside it', { subject: 'third', sentAt: 5, isComplete: false }),
  ];
  const written = await messages.insertMany(both, undefined, told);
  const here = await messages.find({ fingerprint: 'beside it' }, { attributes: [...told] });
  // MySQL and MariaDB do not say.
  expect(written).toEqual(jsonRowsOf(messages.db.sequelize.getDialect()) ? here : []);
  const found = await messages.find({ fingerprint: ['twice', 'beside it'] as never }, { order: [['id', 'ASC']] });
  expect(found.map(({ subject }) => subject)).toEqual(['first', 'third']);
});

it('sets each row its own values, of any kind, and passes over what is gone', async () => {
  const names = Object.keys(ODD) as (keyof typeof ODD)[];
  await messages.insertMany(names.map((name) => row(`set ${name}`, { subject: 'before', isComplete: false })));
  const found = await messages.find({ fingerprint: names.map((name) => `set ${name}`) as never });
  const cells = found.map(({ id, fingerprint }) => {
    const text = ODD[fingerprint.slice('set '.length) as keyof typeof ODD];
    return [Number(id), { subject: text, text: null, isComplete: true, sentAt: Number(id) }] as const;
  });
  const gone = [2 ** 40, { subject: 'x', text: null, isComplete: true, sentAt: 1 }] as const;
  await messages.updateEach(new Map([gone, ...cells]));
  for (const [id, set] of cells) expect(await messages.first({ id: id as never })).toMatchObject(set);
  expect(await messages.count({ subject: 'before' })).toBe(0);
});

it('locks rows in the order of their ids, whatever the order in which they are given', async () => {
  await messages.insertMany(['x', 'y', 'z'].map((name) => row(`order ${name}`, { subject: 'before' })));
  const found = await messages.find({ subject: 'before' }, { order: [['id', 'DESC']] });
  const sequelize = messages.db.sequelize as unknown as { query: (sql: string, options: object) => Promise<unknown> };
  const given: unknown[] = [];
  const asked = jest.spyOn(sequelize, 'query').mockImplementation(async (sql, options) => {
    given.push(JSON.stringify([sql, options]));
    return [];
  });
  await messages.updateEach(new Map(found.map(({ id }) => [Number(id), { subject: `of ${id}` }])));
  asked.mockRestore();
  const places = found.map(({ id }) => String(given[0]).indexOf(`of ${id}`));
  expect(places).toEqual([...places].sort((a, b) => b - a));
  expect(Math.min(...places)).toBeGreaterThan(0);
});
