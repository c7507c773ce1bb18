import type http from 'node:http';
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
  ...[
    'system-settings',
    'ui-schema-storage',
    'environment-variables',
    'action-export',
    'flow-engine',
    'data-visualization',
  ],
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

export interface TestAppOptions {
  /** Another name than `main` makes a sub-application, reached through the path that names it. */
  readonly name?: string;
  /** What DB_UNDERSCORED and DB_TABLE_PREFIX set. */
  readonly database?: { readonly underscored?: boolean; readonly tablePrefix?: string };
  /** Plugins of the host beside those that every test has. */
  readonly plugins?: readonly string[];
}

/** A NocoBase application with the packed plugin, on a database of its own. */
export async function createTestApp({
  name = 'main',
  database: naming = {},
  plugins: more = [],
}: TestAppOptions = {}): Promise<TestApp> {
  const database = await createTestDatabase();
  const plugins = [...HOST_PLUGINS, ...more, [PKG, { name: PKG, packageName: PKG }]];
  const app = new Application({
    name,
    database: { ...database.options, ...naming },
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
    const created = await patiently(() => app.db.getRepository('users').create({ values }));
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

/**
 * SQLite has one writer, and the host does not wait for its turn: a row of its own that is written while a mailbox is synchronised may find the
 * database locked. Any other error is the caller's.
 */
async function patiently(create: () => Promise<unknown>, tries = 5): Promise<{ id: number }> {
  try {
    return (await create()) as { id: number };
  } catch (error) {
    const isLocked = (error as { parent?: { code?: string } }).parent?.code === 'SQLITE_BUSY';
    if (!isLocked || tries <= 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return patiently(create, tries - 1);
  }
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

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => unknown;

/** What answers for an application. For a sub-application the host's gateway reads its name from the path and takes it out. */
function handlerOf(app: Application): Handler {
  if (app.name === 'main') return app.callback();
  return async (request, response) => {
    const gateway = Gateway.getInstance() as unknown as {
      getRequestHandleAppName(of: http.IncomingMessage): Promise<string>;
    };
    const name = await gateway.getRequestHandleAppName(request);
    if (name === app.name) await app.callback()(request, response);
    else response.writeHead(404).end();
  };
}

function requests(app: Application, headers: Record<string, string>): Omit<Caller, 'id'> {
  const handler = handlerOf(app);
  const own = app.name === 'main' ? '/api/' : `/api/__app/${app.name}/`;
  const send = (method: Method, url: string, body?: object): Test => {
    const path = url.startsWith(own) ? url : url.replace(/^\/api\//, own);
    const test = supertest(handler)[method](path).set(headers);
    return body ? test.send(body) : test;
  };
  return {
    get: (url) => send('get', url),
    post: (url, body) => send('post', url, body ?? {}),
    upload: (url, content, filename) => send('post', url).attach('file', content, filename),
  };
}
