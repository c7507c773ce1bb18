import { jsonRowsOf, type Column, type JsonRows } from '../json-rows';

const column = (name: string): Column => ({ name, quoted: `"${name}"` });
const [ID, A, B] = ['id', 'a', 'b'].map(column);
const of = (dialect: string): JsonRows => jsonRowsOf(dialect) as JsonRows;

it('SQLite takes arrays apart', () => {
  expect(of('sqlite').insert('"t"', [A, B])).toBe(
    'INSERT OR IGNORE INTO "t" ("a","b") SELECT value->>0,value->>1 FROM json_each($1)',
  );
  expect(of('sqlite').insert('"t"', [A], [ID, B])).toMatch(/ RETURNING "id","b"$/);
  expect(of('sqlite').update('"t"', ID, [A, B])).toBe(
    'UPDATE "t" SET "a" = given.value->>1,"b" = given.value->>2 FROM json_each($1) AS given WHERE "t"."id" = given.value->>0',
  );
  expect(of('sqlite').text([A, B], [[1, undefined]])).toBe('[[1,null]]');
});

it('PostgreSQL takes records apart, of the types that the table has', () => {
  expect(of('postgres').insert('"s"."t"', [A, B])).toBe(
    'INSERT INTO "s"."t" ("a","b") SELECT "a","b" FROM json_populate_recordset(NULL::"s"."t", $1::json) ON CONFLICT DO NOTHING',
  );
  expect(of('postgres').insert('"t"', [A], [ID])).toMatch(/ ON CONFLICT DO NOTHING RETURNING "id"$/);
  expect(of('postgres').update('"t"', ID, [A])).toBe(
    'UPDATE "t" SET "a" = given."a" FROM json_populate_recordset(NULL::"t", $1::json) AS given WHERE "t"."id" = given."id"',
  );
  expect(of('postgres').text([A, B], [[['x'], 'y']])).toBe('[{"a":["x"],"b":"y"}]');
});

it('leaves MySQL and MariaDB to other statements', () => {
  expect([jsonRowsOf('mysql'), jsonRowsOf('mariadb')]).toEqual([null, null]);
});

it('takes out what no database keeps, wherever it stands, and leaves what only looks like it', () => {
  const odd = ['a\u0000b', '\ud83d', '\ud83d\ude00', '\\u0000 \\ud83d', { inner: ['\udc00\u0000'] }];
  const text = of('sqlite').text([A], [odd]);
  expect(JSON.parse(text)).toEqual([['ab', '\ufffd', '\ud83d\ude00', '\\u0000 \\ud83d', { inner: ['\ufffd'] }]]);
});

it.each(['sqlite', 'postgres'])('writes a dollar in a name twice for %s, or it would be a parameter', (dialect) => {
  const odd = column('$a');
  const sql = of(dialect).insert('"$t"', [odd], [odd]) + of(dialect).update('"$t"', odd, [odd]);
  expect(sql.replaceAll('$$', '').match(/\$\w+/g)).toEqual(['$1', '$1']);
});
