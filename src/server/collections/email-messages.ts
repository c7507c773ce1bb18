import { defineCollection } from '@nocobase/database';

/** Content of a message, once per account however many folders it lies in. `fingerprint` finds it again after a move. */
export default defineCollection({
  name: 'emailMessages',
  migrationRules: ['schema-only'],
  indexes: [
    { unique: true, fields: ['accountId', 'fingerprint'] },
    { fields: ['threadId', 'sentAt'] },
    { fields: ['accountId', 'needsIndex', 'sentAt'] },
    { fields: ['accountId', 'threadVersion'] },
  ],
  fields: [
    { name: 'accountId', type: 'bigInt', allowNull: false },
    { name: 'userId', type: 'bigInt', allowNull: false },
    { name: 'threadId', type: 'bigInt' },
    { name: 'fingerprint', type: 'string', length: 64, allowNull: false },
    { name: 'messageId', type: 'text' },
    { name: 'inReplyTo', type: 'text' },
    { name: 'references', type: 'json' },
    // What conversations are made of must be here: old mail is threaded again from its row alone.
    { name: 'threadIndex', type: 'string', length: 44 },
    { name: 'remoteThreadId', type: 'string', length: 64 },
    { name: 'threadVersion', type: 'integer', defaultValue: 0 },
    { name: 'subject', type: 'text' },
    { name: 'from', type: 'json' },
    { name: 'to', type: 'json' },
    { name: 'cc', type: 'json' },
    { name: 'bcc', type: 'json' },
    { name: 'replyTo', type: 'json' },
    { name: 'sentAt', type: 'bigInt' },
    { name: 'sizeBytes', type: 'bigInt' },
    { name: 'snippet', type: 'string', length: 255 },
    { name: 'text', type: 'text', length: 'long' },
    { name: 'html', type: 'text', length: 'long' },
    { name: 'hasAttachments', type: 'boolean' },
    { name: 'isComplete', type: 'boolean', defaultValue: true },
    { name: 'needsIndex', type: 'boolean', defaultValue: true },
    { name: 'errorCode', type: 'string', length: 64 },
    // When one of several copies left.
    { name: 'copiedAt', type: 'bigInt' },
    // Since when it has been in no folder.
    { name: 'orphanedAt', type: 'bigInt' },
  ],
});
