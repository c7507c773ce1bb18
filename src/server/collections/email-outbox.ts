import { defineCollection } from '@nocobase/database';

/** One row per outgoing mail; the key is unique, so a double click is one mail. */
export default defineCollection({
  name: 'emailOutbox',
  migrationRules: ['schema-only'],
  indexes: [
    { fields: ['state', 'dueAt'] },
    { fields: ['userId', 'state'] },
    { fields: ['accountId'] },
    { fields: ['draftId'] },
  ],
  fields: [
    { name: 'userId', type: 'bigInt', allowNull: false },
    { name: 'accountId', type: 'bigInt', allowNull: false },
    { name: 'draftId', type: 'bigInt' },
    // Not an entry in `indexes`: the host drops unique indexes on one column that is not itself declared unique.
    { name: 'sendKey', type: 'string', length: 128, allowNull: false, unique: true },
    { name: 'state', type: 'string', length: 16 },
    { name: 'dueAt', type: 'bigInt' },
    { name: 'attempts', type: 'integer', defaultValue: 0 },
    { name: 'claimedBy', type: 'string', length: 96 },
    { name: 'claimedUntil', type: 'bigInt' },
    { name: 'messageId', type: 'string', length: 255 },
    { name: 'subject', type: 'text' },
    { name: 'from', type: 'string', length: 320 },
    { name: 'recipients', type: 'json' },
    { name: 'file', type: 'string', length: 128, hidden: true },
    { name: 'sourceMessageId', type: 'bigInt' },
    { name: 'errorCode', type: 'string', length: 64 },
    { name: 'errorParams', type: 'json' },
    { name: 'sentAt', type: 'bigInt' },
  ],
});
