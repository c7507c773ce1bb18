import { defineCollection } from '@nocobase/database';

/** A conversation: messages joined by their ids, never by subject alone. */
export default defineCollection({
  name: 'emailThreads',
  migrationRules: ['schema-only'],
  indexes: [{ fields: ['accountId'] }],
  fields: [
    { name: 'accountId', type: 'bigInt', allowNull: false },
    { name: 'userId', type: 'bigInt', allowNull: false },
  ],
});
