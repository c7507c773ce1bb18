import { defineCollection } from '@nocobase/database';

/** A conversation: messages joined by their ids, never by subject alone. */
export default defineCollection({
  name: 'emailThreads',
  migrationRules: ['schema-only'],
  indexes: [{ unique: true, fields: ['accountId', 'rootKey'] }],
  fields: [
    { name: 'accountId', type: 'bigInt', allowNull: false },
    { name: 'userId', type: 'bigInt', allowNull: false },
    // Fingerprint of the first message: rows made in one statement are found again by it on every database.
    { name: 'rootKey', type: 'string', length: 40 },
    // How often another conversation was joined to it.
    { name: 'joinCount', type: 'integer', defaultValue: 0 },
  ],
});
