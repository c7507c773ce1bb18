import { defineCollection } from '@nocobase/database';

/** A folder (IMAP mailbox) of an account. Identity is (account, path): UIDVALIDITY repeats between folders. */
export default defineCollection({
  name: 'emailFolders',
  migrationRules: ['schema-only'],
  indexes: [{ unique: true, fields: ['accountId', 'pathKey'] }, { fields: ['userId'] }],
  fields: [
    { name: 'accountId', type: 'bigInt', allowNull: false },
    { name: 'userId', type: 'bigInt', allowNull: false },
    { name: 'path', type: 'text' },
    { name: 'pathKey', type: 'string', length: 40, allowNull: false },
    { name: 'name', type: 'string', length: 512 },
    { name: 'delimiter', type: 'string', length: 8 },
    { name: 'role', type: 'string', length: 16 },
    { name: 'isSelectable', type: 'boolean' },
    { name: 'epoch', type: 'string', length: 32 },
    { name: 'cursor', type: 'string', length: 255 },
    // Messages that left by our own doing since the cursor was written; the server counts so many less.
    { name: 'departed', type: 'integer', defaultValue: 0 },
    // Messages are known here that came after the cursor was taken: when a look did not count them first, 0 before that; null: there are none.
    { name: 'uncountedSince', type: 'bigInt' },
    { name: 'totalCount', type: 'integer', defaultValue: 0 },
    { name: 'unreadCount', type: 'integer', defaultValue: 0 },
    { name: 'lastSyncAt', type: 'bigInt' },
    { name: 'objectId', type: 'string', length: 255 },
    { name: 'isGone', type: 'boolean', defaultValue: false },
    // When this one was gone; folders whose UIDs began since may be this one under another name.
    { name: 'goneAt', type: 'bigInt' },
    { name: 'begunAt', type: 'bigInt' },
    { name: 'scannedAt', type: 'bigInt' },
    { name: 'listedSince', type: 'bigInt' },
    { name: 'unreadGap', type: 'integer' },
    // Set with every change of what lies in it, cleared by counting: a crash between the two leaves no wrong number.
    { name: 'needsCount', type: 'boolean', defaultValue: false },
    { name: 'errorCode', type: 'string', length: 64 },
    { name: 'errorAt', type: 'bigInt' },
    // Left alone until then: the line was lost at it again and again.
    { name: 'restsUntil', type: 'bigInt' },
    { name: 'notifiedAt', type: 'bigInt' },
  ],
});
