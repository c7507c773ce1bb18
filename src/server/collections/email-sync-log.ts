import { defineCollection } from '@nocobase/database';

/** What the background work did and why it stopped: ids, counts and codes, never content. */
export default defineCollection({
  name: 'emailSyncLog',
  dataCategory: 'runtime',
  migrationRules: ['schema-only'],
  indexes: [{ fields: ['accountId', 'id'] }, { fields: ['at'] }],
  fields: [
    { name: 'accountId', type: 'bigInt', allowNull: false },
    { name: 'userId', type: 'bigInt', allowNull: false },
    { name: 'at', type: 'bigInt' },
    { name: 'event', type: 'string', length: 32 },
    { name: 'folderId', type: 'bigInt' },
    { name: 'code', type: 'string', length: 64 },
    { name: 'counts', type: 'json' },
  ],
});
