import { defineCollection } from '@nocobase/database';

/** Where a message lies: folder, remote id and flags. A moved or labelled message gets another placement, not another content. */
export default defineCollection({
  name: 'emailPlacements',
  migrationRules: ['schema-only'],
  indexes: [
    { unique: true, fields: ['folderId', 'uidValidity', 'uid'] },
    { fields: ['shownFolderId', 'receivedAt', 'id'] },
    { fields: ['shownFolderId', 'isSeen'] },
    { fields: ['threadId', 'shownFolderId'] },
    { fields: ['messageId'] },
    { fields: ['folderId', 'messageId', 'attempts', 'receivedAt'] },
    { fields: ['folderId', 'needsBody', 'attempts', 'receivedAt'] },
    { fields: ['folderId', 'hasIntent'] },
    { fields: ['accountId', 'hasIntent'] },
    { fields: ['accountId', 'messageId'] },
    { fields: ['accountId', 'needsBody'] },
  ],
  fields: [
    { name: 'accountId', type: 'bigInt', allowNull: false },
    { name: 'userId', type: 'bigInt', allowNull: false },
    { name: 'folderId', type: 'bigInt', allowNull: false },
    { name: 'messageId', type: 'bigInt' },
    { name: 'threadId', type: 'bigInt' },
    { name: 'uidValidity', type: 'string', length: 24, allowNull: false },
    { name: 'uid', type: 'bigInt', allowNull: false },
    { name: 'emailId', type: 'string', length: 64 },
    { name: 'needsBody', type: 'boolean', defaultValue: false },
    { name: 'shownFolderId', type: 'bigInt' },
    { name: 'pending', type: 'string', length: 8 },
    // Where the server may have moved it already: it was told so, and nothing was heard.
    { name: 'movingTo', type: 'bigInt' },
    { name: 'flags', type: 'json' },
    { name: 'isSeen', type: 'boolean' },
    { name: 'intent', type: 'json' },
    { name: 'hasIntent', type: 'boolean', defaultValue: false },
    { name: 'receivedAt', type: 'bigInt' },
    { name: 'sizeBytes', type: 'bigInt' },
    { name: 'attempts', type: 'integer', defaultValue: 0 },
  ],
});
