import { defineCollection } from '@nocobase/database';

/** Metadata of the attachments of received mail; their content stays on the server and is streamed on demand. */
export default defineCollection({
  name: 'emailAttachments',
  migrationRules: ['schema-only'],
  indexes: [{ fields: ['messageId'] }, { fields: ['accountId'] }],
  fields: [
    { name: 'accountId', type: 'bigInt', allowNull: false },
    { name: 'userId', type: 'bigInt', allowNull: false },
    { name: 'messageId', type: 'bigInt', allowNull: false },
    { name: 'part', type: 'string', length: 255 },
    { name: 'filename', type: 'string', length: 512 },
    { name: 'contentType', type: 'string', length: 255 },
    { name: 'contentId', type: 'string', length: 512 },
    { name: 'isInline', type: 'boolean' },
    { name: 'sizeBytes', type: 'bigInt' },
  ],
});
