import { AppSupervisor, Application, Gateway } from '@nocobase/server';
import supertest, { type Test } from 'supertest';
import { createTestDatabase } from './databases';

const PKG = 'nocobase-plugin-email-manager';

/** What a real installation has around the plugin, as far as mail could leak through it. Order: file-manager before system-settings. */
const HOST_PLUGINS = [
  ...[
    'error-handler',
    'field-sort',
    'file-manager',
    'data-source-main',
    'data-source-manager',
    'acl',
    'users',
    'user-data-sync',
    'auth',
  ],
  ...['system-settings', 'ui-schema-storage', 'environment-variables', 'action-export', 'data-visualization'],
];

type Method = 'get' | 'post';

export interface Caller {
  readonly id: number;
  get(url: string): Test;
  post(url: string, body?: object): Test;
  /** One file as multipart/form-data. */
  upload(url: string, content: Buffer, filename: string): Test;
}

export interface TestApp {
  readonly app: Application;
  readonly root: Caller;
  /** A user with the role `member`, or another one. */
  user(name: string, role?: string): Promise<Caller>;
  readonly anonymous: Omit<Caller, 'id'>;
  /** Everything the application and the plugin wrote to their logs. */
  destroy(): Promise<void>;
}

/** A NocoBase application with the packed plugin, on a database of its own. */
export async function createTestApp(): Promise<TestApp> {
  const database = await createTestDatabase();
  const plugins = [...HOST_PLUGINS, [PKG, { name: PKG, packageName: PKG }]];
  const app = new Application({
    name: 'main',
    database: database.options,
    resourcer: { prefix: '/api/' },
    acl: true,
    plugins,
    cacheManager: {},
  } as never);
  await app.runCommandThrowError('install', '-f');
  await app.runCommandThrowError('start');
  const rootUser = (await app.db.getRepository('users').findOne({})) as unknown as { id: number };
  const user = async (name: string, role = 'member'): Promise<Caller> => {
    const values = {
      username: name,
      nickname: name,
      email: `${name}@example.test`,
      password: 'Secret-123',
      roles: [role],
    };
    const created = (await app.db.getRepository('users').create({ values })) as unknown as { id: number };
    return callerFor(app, Number(created.id));
  };
  return {
    app,
    root: await callerFor(app, Number(rootUser.id)),
    user,
    anonymous: requests(app, {}),
    destroy: async () => {
      await app.destroy();
      Gateway.getInstance().destroy();
      await AppSupervisor.getInstance().destroy();
      await database.drop();
    },
  };
}

async function callerFor(app: Application, id: number): Promise<Caller> {
  const manager = app.authManager as unknown as {
    tokenController: { add(options: { userId: number }): Promise<{ jti: string }> };
    jwt: { sign(payload: object, options: object): string };
  };
  const { jti } = await manager.tokenController.add({ userId: id });
  const token = manager.jwt.sign({ userId: id, temp: true, signInTime: Date.now() }, { jwtid: jti, expiresIn: '1d' });
  return { id, ...requests(app, { Authorization: `Bearer ${token}`, 'X-Authenticator': 'basic' }) };
}

function requests(app: Application, headers: Record<string, string>): Omit<Caller, 'id'> {
  const send = (method: Method, url: string, body?: object): Test => {
    const test = supertest(app.callback())[method](url).set(headers);
    return body ? test.send(body) : test;
  };
  return {
    get: (url) => send('get', url),
    post: (url, body) => send('post', url, body ?? {}),
    upload: (url, content, filename) => send('post', url).attach('file', content, filename),
  };
}

/** Waits until `look` answers something; no fixed sleeps, but a limit. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  limitMs = 30_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
