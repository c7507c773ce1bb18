import { DataTypes } from 'sequelize';
import { readersOf } from '../read-cells';

const attributes = {
  id: { type: new DataTypes.BIGINT() },
  isSeen: { type: new DataTypes.BOOLEAN() },
  flags: { type: new DataTypes.JSON() },
  createdAt: { type: new DataTypes.DATE() },
  subject: { type: new DataTypes.TEXT() },
};
const read = (name: keyof typeof attributes, value: unknown): unknown => readersOf(attributes).get(name)?.(value);

it('makes one thing of what the databases hand out in several ways', () => {
  for (const value of ['1700000000000', 1_700_000_000_000]) expect(read('id', value)).toBe(1_700_000_000_000);
  for (const value of [1, true]) expect(read('isSeen', value)).toBe(true);
  for (const value of [0, false]) expect(read('isSeen', value)).toBe(false);
  for (const value of ['["\\\\Seen"]', ['\\Seen']]) expect(read('flags', value)).toEqual(['\\Seen']);
  for (const value of ['2026-11-27 07:00:00.000 +00:00', new Date('2026-11-27T07:00:00Z')])
    expect(read('createdAt', value)).toEqual(new Date('2026-11-27T07:00:00Z'));
});
it('leaves text alone: a subject may look like anything', () =>
  expect(readersOf(attributes).has('subject')).toBe(false));
