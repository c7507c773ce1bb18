import { defineCollection } from '@nocobase/database';

/** Sealed token cache of an account, in a table of its own so that no list of accounts ever touches it. */
export default defineCollection({
  name: 'emailTokens',
  dataCategory: 'runtime',
  migrationRules: ['schema-only'],
  autoGenId: false,
  fields: [
    { name: 'accountId', type: 'bigInt', primaryKey: true },
    { name: 'sealed', type: 'text', length: 'long', hidden: true },
  ],
});
