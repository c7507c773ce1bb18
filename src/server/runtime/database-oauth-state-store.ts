import { Op } from 'sequelize';
import type { OAuthStateStore } from '../oauth/state-store';
import type { OAuthStateRow } from '../ports/records';
import type { Tables } from './tables';

export class DatabaseOAuthStateStore implements OAuthStateStore {
  constructor(private readonly tables: Tables) {}

  async create(row: OAuthStateRow): Promise<void> {
    await this.tables.oauthStates.insert(row);
  }

  find(stateHash: string): Promise<OAuthStateRow | null> {
    return this.tables.oauthStates.first({ stateHash });
  }

  async use(stateHash: string, now: number): Promise<boolean> {
    return (await this.tables.oauthStates.update({ usedAt: now }, { stateHash, usedAt: null })) === 1;
  }

  async removeOlderThan(time: number): Promise<void> {
    await this.tables.oauthStates.remove({ expiresAt: { [Op.lt]: time } });
  }
}
