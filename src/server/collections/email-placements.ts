import { defineCollection } from '@nocobase/database';

/** Where a message lies: folder, remote id and flags. A moved or labelled message gets another placement, not another content. */
export default defineCollection({
  name: 'emailPlacements',
  migrationRules: ['schema-only'],
  indexes: [
    { unique: true, fields: ['folderId', 'uidValidity', 'uid'] },
    { fields: ['folderId', 'threadId', 'receivedAt'] },
    { fields: ['folderId', 'messageId', 'attempts', 'receivedAt'] },
    { fields: ['folderId', 'isSeen'] },
    { fields: ['messageId'] },
    { fields: ['accountId', 'hasIntent'] },
    { fields: ['threadId'] },
    { fields: ['accountId', 'messageId'] },
  ],
  fields: [
    { name: 'accountId', type: 'bigInt', allowNull: false },
    { name: 'userId', type: 'bigInt', allowNull: false },
    { name: 'folderId', type: 'bigInt', allowNull: false },
    { name: 'messageId', type: 'bigInt' },
    { name: 'threadId', type: 'bigInt' },
    { name: 'uidValidity', type: 'string', length: 24, allowNull: false },
    { name: 'uid', type: 'bigInt', allowNull: false },
    { name: 'flags', type: 'json' },
    { name: 'isSeen', type: 'boolean' },
    { name: 'intent', type: 'json' },
    { name: 'hasIntent', type: 'boolean', defaultValue: false },
    { name: 'receivedAt', type: 'bigInt' },
    { name: 'sizeBytes', type: 'bigInt' },
    { name: 'attempts', type: 'integer', defaultValue: 0 },
  ],
});
