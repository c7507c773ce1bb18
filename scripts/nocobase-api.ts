import type { SandboxAddresses } from '../sandbox/sandbox';
import { providerSettings } from '../sandbox/provider-settings';
import { ADMIN } from './nocobase-app';

export interface DemoUser {
  readonly username: string;
  readonly password: string;
  readonly mailbox: string;
  readonly mailboxPassword: string;
}

const MOST_TRIES = 5;
const PAUSE_MS = 500;

/** The few HTTP calls with which the demo and the browser tests set an application up. */
export class NocoBaseApi {
  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  static async signIn(
    url: string,
    account: string = ADMIN.username,
    password: string = ADMIN.password,
  ): Promise<NocoBaseApi> {
    const answer = await fetch(`${url}/api/auth:signIn`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-authenticator': 'basic' },
      body: JSON.stringify({ account, password }),
    });
    const body = (await answer.json()) as { data?: { token?: string } };
    if (!body.data?.token) throw new Error(`sign-in of ${account} failed: ${answer.status}`);
    return new NocoBaseApi(url, body.data.token);
  }

  /** On SQLite a write of the host fails at once when it meets one of ours (docs/PLAN.md, 13): it is made again, aloud. */
  async call<T>(action: string, data?: object): Promise<T> {
    for (let left = MOST_TRIES; ; left -= 1) {
      try {
        return await this.once<T>(action, data);
      } catch (error) {
        if (left <= 1 || !(error instanceof Error) || !error.message.includes('SQLITE_BUSY')) throw error;
        console.log(`  ${action} met a locked database, and is tried again`);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  private async once<T>(action: string, data?: object): Promise<T> {
    const answer = await fetch(`${this.url}/api/${action}`, {
      method: data ? 'POST' : 'GET',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${this.token}`,
        'x-authenticator': 'basic',
      },
      body: data ? JSON.stringify(data) : undefined,
    });
    const body = (await answer.json().catch(() => ({}))) as { data: T; errors?: { message: string }[] };
    if (!answer.ok) throw new Error(`${action}: ${answer.status} ${body.errors?.[0]?.message ?? ''}`);
    return body.data;
  }

  /** Creates users that do not exist yet. */
  async ensureUsers(users: readonly DemoUser[]): Promise<void> {
    const known = await this.call<{ username: string }[]>('users:list?pageSize=200');
    for (const { username, password } of users) {
      if (known.some((user) => user.username === username)) continue;
      const nickname = username[0].toUpperCase() + username.slice(1);
      await this.call('users:create', {
        username,
        nickname,
        email: `${username}@example.test`,
        password,
        roles: ['member'],
      });
    }
  }

  /** Lets people choose among these languages; the first one is what they begin with. */
  async offerLanguages(languages: readonly string[]): Promise<void> {
    await this.call('systemSettings:put', { enabledLanguages: languages });
  }

  /**
   * The modern shell stores a part of its frame the first time somebody opens it, and tells everybody but an administrator that it may not:
   * the first thing a user of the demo would see. So it is stored here.
   */
  async storeModernFrame(): Promise<void> {
    const frame = 'admin-layout-model';
    const part = { uid: `${frame}-app-switcher-actions`, use: 'AppSwitcherActionPanelModel', parentId: frame };
    const known = await this.call<object | null>(`flowModels:findOne?uid=${part.uid}`).catch(() => null);
    if (!known)
      await this.call('flowModels:save', { ...part, subKey: 'appSwitcher', subType: 'object', stepParams: {} });
  }

  async saveProvider(sandbox: SandboxAddresses): Promise<void> {
    await this.call('emailProviders:save', providerSettings(sandbox));
  }
}
