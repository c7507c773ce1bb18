import { PROTECTED_COLLECTIONS } from '../../src/server/runtime/mail-scope';
import { createTestApp, type TestApp } from '../support/app';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
}, 60_000);
afterAll(() => app?.destroy());

interface Index {
  readonly unique: boolean;
  readonly fields: readonly { readonly attribute: string }[];
}
interface Declared {
  readonly unique?: boolean;
  readonly fields: readonly string[];
}

/** Indexes as the database has them, by their columns in order. */
async function indexesOf(name: string): Promise<Map<string, boolean>> {
  const { db } = app.app;
  const found = (await db.sequelize
    .getQueryInterface()
    .showIndex(db.getCollection(name).getTableNameWithSchema())) as unknown as Index[];
  return new Map(found.map(({ fields, unique }) => [fields.map((field) => field.attribute).join(), Boolean(unique)]));
}

// The host drops a unique index on a single column, and on SQLite every index of that table with it, unless the column
// itself is declared unique.
it.each(PROTECTED_COLLECTIONS.map((name) => ({ name })))('$name has every index that is declared', async ({ name }) => {
  const { options } = app.app.db.getCollection(name);
  const indexes = await indexesOf(name);
  for (const { fields, unique = false } of (options.indexes ?? []) as unknown as Declared[]) {
    const columns = fields.join();
    expect([columns, indexes.get(columns)]).toEqual([columns, unique]);
  }
  const uniqueFields = (options.fields as { name: string; unique?: boolean }[]).filter((field) => field.unique);
  for (const field of uniqueFields) expect([field.name, indexes.get(field.name)]).toEqual([field.name, true]);
});

it('the key that makes a double click one mail is unique in the database', async () => {
  expect((await indexesOf('emailOutbox')).get('sendKey')).toBe(true);
});

// Four bytes a character is what MySQL's index and row limits count.
it.each(PROTECTED_COLLECTIONS.map((name) => ({ name })))(
  '$name holds the longest texts it declares',
  async ({ name }) => {
    const { db } = app.app;
    const collection = db.getCollection(name);
    const fields = collection.options.fields as { name: string; type: string; length?: number; allowNull?: boolean }[];
    const values: Record<string, string | number> = {};
    for (const { name: field, type, length = 255, allowNull } of fields) {
      if (type === 'string') values[field] = '漢😀'.repeat(length).slice(0, length).toWellFormed();
      else if (type === 'bigInt' && allowNull === false) values[field] = 2 ** 40;
    }
    const { rawAttributes, primaryKeyAttributes } = collection.model;
    for (const attribute of primaryKeyAttributes as string[]) values[attribute] ??= 2 ** 40;
    const at = new Date();
    const times = rawAttributes.createdAt ? { createdAt: at, updatedAt: at } : {};
    // Past the guard, as nobody but a test may.
    const queries = db.sequelize.getQueryInterface();
    await queries.bulkInsert(collection.getTableNameWithSchema() as string, [{ ...values, ...times }]);
    const [rows] = await db.sequelize.query(`SELECT * FROM ${collection.quotedTableName()}`);
    const texts = Object.entries(values).filter(([, value]) => typeof value === 'string');
    expect(rows).toContainEqual(expect.objectContaining(Object.fromEntries(texts)));
  },
);
