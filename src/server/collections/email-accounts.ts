import { defineCollection } from '@nocobase/database';

/** A mailbox that one user connected. `subject` (Entra: oid.tid) is its identity, the address is only its label. */
export default defineCollection({
  name: 'emailAccounts',
  migrationRules: ['schema-only'],
  indexes: [{ unique: true, fields: ['provider', 'subject'] }, { fields: ['userId'] }],
  fields: [
    { name: 'userId', type: 'bigInt', allowNull: false },
    { name: 'provider', type: 'string', length: 32, allowNull: false },
    { name: 'subject', type: 'string', length: 191, allowNull: false },
    { name: 'address', type: 'string', length: 320 },
    { name: 'displayName', type: 'string', length: 255 },
    { name: 'state', type: 'string', length: 24 },
    { name: 'errorCode', type: 'string', length: 64 },
    { name: 'errorParams', type: 'json' },
    { name: 'attempts', type: 'integer', defaultValue: 0 },
    { name: 'notBefore', type: 'bigInt' },
    { name: 'syncSince', type: 'bigInt' },
    { name: 'lastSyncAt', type: 'bigInt' },
    { name: 'progress', type: 'json' },
    { name: 'searchVersion', type: 'integer', defaultValue: 0 },
    { name: 'lastPassAt', type: 'bigInt' },
    { name: 'failingSince', type: 'bigInt' },
    // Set by one conditional statement, so that of two nodes one tells the owner; cleared when a pass goes through.
    { name: 'notifiedAt', type: 'bigInt' },
  ],
});
