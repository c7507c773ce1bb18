import { defineCollection } from '@nocobase/database';

/** A mail being written. `revision` rises with every save, so that two windows cannot overwrite each other unseen. */
export default defineCollection({
  name: 'emailDrafts',
  migrationRules: ['schema-only'],
  indexes: [{ fields: ['userId', 'state'] }, { fields: ['state'] }, { fields: ['accountId'] }],
  fields: [
    { name: 'userId', type: 'bigInt', allowNull: false },
    { name: 'accountId', type: 'bigInt', allowNull: false },
    { name: 'state', type: 'string', length: 16 },
    { name: 'revision', type: 'integer', defaultValue: 1 },
    { name: 'kind', type: 'string', length: 16 },
    { name: 'sourceMessageId', type: 'bigInt' },
    { name: 'to', type: 'json' },
    { name: 'cc', type: 'json' },
    { name: 'bcc', type: 'json' },
    { name: 'subject', type: 'text' },
    { name: 'html', type: 'text', length: 'long' },
    { name: 'quotesOriginal', type: 'boolean' },
  ],
});
