import { defineCollection } from '@nocobase/database';

/** Heartbeat of the nodes that synchronise. */
export default defineCollection({
  name: 'emailNodes',
  dataCategory: 'runtime',
  migrationRules: ['schema-only'],
  autoGenId: false,
  timestamps: false,
  fields: [
    { name: 'name', type: 'string', length: 96, primaryKey: true },
    { name: 'until', type: 'bigInt', defaultValue: 0 },
  ],
});
