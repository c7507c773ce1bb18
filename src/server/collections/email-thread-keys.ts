import { defineCollection } from '@nocobase/database';

/** Which thread a Message-ID belongs to, seen or only referred to; makes threads independent of the order of arrival. */
export default defineCollection({
  name: 'emailThreadKeys',
  migrationRules: ['schema-only'],
  indexes: [{ unique: true, fields: ['accountId', 'idKey'] }, { fields: ['threadId'] }],
  fields: [
    { name: 'accountId', type: 'bigInt', allowNull: false },
    { name: 'idKey', type: 'string', length: 40, allowNull: false },
    { name: 'threadId', type: 'bigInt', allowNull: false },
    // By which edition of the rules it joins.
    { name: 'version', type: 'integer', defaultValue: 0 },
  ],
});
