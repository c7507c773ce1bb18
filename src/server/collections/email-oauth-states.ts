import { defineCollection } from '@nocobase/database';

/** Pending consents: single use, ten minutes, bound to user, provider, redirect URI and browser. The id is a hash of the state. */
export default defineCollection({
  name: 'emailOauthStates',
  dataCategory: 'runtime',
  migrationRules: ['schema-only'],
  autoGenId: false,
  indexes: [{ fields: ['expiresAt'] }, { fields: ['accountId'] }],
  fields: [
    { name: 'stateHash', type: 'string', length: 64, primaryKey: true },
    { name: 'userId', type: 'bigInt', allowNull: false },
    { name: 'provider', type: 'string', length: 32 },
    { name: 'redirectUri', type: 'string', length: 512 },
    { name: 'sealed', type: 'text', hidden: true },
    { name: 'cookieHash', type: 'string', length: 64 },
    { name: 'accountId', type: 'bigInt' },
    { name: 'expiresAt', type: 'bigInt' },
    { name: 'usedAt', type: 'bigInt' },
  ],
});
