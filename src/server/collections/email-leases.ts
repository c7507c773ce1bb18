import { defineCollection } from '@nocobase/database';

/** Which node works on an account. A fencing number rises with every change of hands. */
export default defineCollection({
  name: 'emailLeases',
  dataCategory: 'runtime',
  migrationRules: ['schema-only'],
  autoGenId: false,
  timestamps: false,
  fields: [
    { name: 'accountId', type: 'bigInt', primaryKey: true },
    { name: 'owner', type: 'string', length: 96 },
    { name: 'fence', type: 'bigInt', defaultValue: 0 },
    { name: 'until', type: 'bigInt', defaultValue: 0 },
    { name: 'requestedAt', type: 'bigInt', defaultValue: 0 },
  ],
});
