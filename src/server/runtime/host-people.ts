import type { Database, Model } from '@nocobase/database';
import type { UserId } from '../mail/ids';
import type { People } from '../ports/host';

const FALLBACK = 'en-US';

/** The users plugin's table, and the language that the system settings begin with. */
export class HostPeople implements People {
  constructor(private readonly db: Database) {}

  async names(users: readonly UserId[]): Promise<ReadonlyMap<UserId, string>> {
    if (users.length === 0) return new Map();
    const rows = await this.rows('users', { filter: { id: { $in: [...users] } } });
    const nameOf = (row: Model): string => String(row.get('nickname') || row.get('username') || row.get('id'));
    return new Map(rows.map((row) => [Number(row.get('id')) as UserId, nameOf(row)]));
  }

  async language(user: UserId): Promise<string> {
    const [row] = await this.rows('users', { filter: { id: user } });
    const own: unknown = row?.get('appLang');
    if (typeof own === 'string' && own) return own;
    if (!this.db.hasCollection('systemSettings')) return FALLBACK;
    const [settings] = await this.rows('systemSettings', {});
    const offered = settings?.get('enabledLanguages') as readonly string[] | undefined;
    const system = (settings?.get('appLang') as string | undefined) || offered?.[0];
    return system || FALLBACK;
  }

  private async rows(collection: string, options: object): Promise<Model[]> {
    return (await this.db.getRepository(collection).find(options)) as Model[];
  }
}
