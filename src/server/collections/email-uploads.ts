import { defineCollection } from '@nocobase/database';

/** A file attached to a draft; the content lies in a private folder under the storage path. */
export default defineCollection({
  name: 'emailUploads',
  migrationRules: ['schema-only'],
  indexes: [{ fields: ['draftId'] }],
  fields: [
    { name: 'userId', type: 'bigInt', allowNull: false },
    { name: 'draftId', type: 'bigInt', allowNull: false },
    { name: 'filename', type: 'string', length: 512 },
    { name: 'contentType', type: 'string', length: 255 },
    { name: 'sizeBytes', type: 'bigInt' },
    { name: 'file', type: 'string', length: 128, hidden: true },
  ],
});
