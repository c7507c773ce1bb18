import { defineCollection } from '@nocobase/database';

/** One row per mail provider: what the administrator entered. The secret is sealed or an `{{$env.X}}` template. */
export default defineCollection({
  name: 'emailProviders',
  migrationRules: ['schema-only'],
  fields: [
    { name: 'name', type: 'string', length: 32, unique: true },
    { name: 'settings', type: 'json' },
    { name: 'clientSecret', type: 'text', hidden: true },
    { name: 'secretHint', type: 'string', length: 64 },
    { name: 'state', type: 'string', length: 24 },
    { name: 'errorCode', type: 'string', length: 64 },
  ],
});
