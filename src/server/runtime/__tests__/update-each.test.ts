import { portions } from '../portions';
import { lengthOf, updateStatement } from '../update-each';

const names = { quotedTable: () => '"t"', quotedColumn: (attribute: string) => `"${attribute}"` };

it('sets each row its own values, and one value for all only once', () => {
  const rows = [
    [1, { text: 'a $1 ?', isDone: true }],
    [2, { text: null, isDone: true }],
    [3, { text: 'a $1 ?', isDone: true }],
  ] as const;
  expect(updateStatement(names, rows)).toEqual({
    sql: 'UPDATE "t" SET "text" = CASE WHEN "id" IN (1,3) THEN ? WHEN "id" IN (2) THEN ? ELSE "text" END, "isDone" = ? WHERE "id" IN (1,2,3)',
    values: ['a $1 ?', null, true],
  });
});

it('keeps statements short: by rows and by what they hold', () => {
  const many = Array.from({ length: 250 }, (_, id) => [id, { text: 'x' }] as const);
  expect([...portions(many, lengthOf)].map((some) => some.length)).toEqual([100, 100, 50]);
  const long = Array.from({ length: 3 }, (_, id) => [id, { text: 'x'.repeat(1_500_000) }] as const);
  expect([...portions(long, lengthOf)].map((some) => some.length)).toEqual([1, 1, 1]);
  expect([...portions([], lengthOf)]).toEqual([]);
});
