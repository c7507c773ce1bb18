import { defineCollection } from '@nocobase/database';

/**
 * One row for every indexed message, with the message's id. The words themselves lie in what the database offers for full text: a column
 * `fts` in PostgreSQL, `words` with a FULLTEXT index in MySQL and MariaDB, a virtual table beside this one in SQLite (runtime/search/).
 */
export default defineCollection({
  name: 'emailSearchEntries',
  dataCategory: 'runtime',
  migrationRules: ['schema-only'],
  autoGenId: false,
  timestamps: false,
  indexes: [{ fields: ['userId', 'sentAt', 'id'] }, { fields: ['accountId'] }],
  fields: [
    { name: 'id', type: 'bigInt', primaryKey: true },
    { name: 'accountId', type: 'bigInt', allowNull: false },
    { name: 'userId', type: 'bigInt', allowNull: false },
    { name: 'sentAt', type: 'bigInt', allowNull: false },
    { name: 'words', type: 'text', length: 'long' },
  ],
});
