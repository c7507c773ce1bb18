import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { randomUUID } from 'node:crypto';
import type Provider from 'oidc-provider';
import type { OidcContext } from 'oidc-provider';
import type { Certificates } from '../certificates';
import type { Faults } from '../faults';
import { APP, findTenant, TENANTS } from '../world';
import { entraError } from './entra-errors';
import type { SigningKey } from './keys';
import { IdentityMemory } from './memory';
import { escapeHtml, html, interactionPage } from './pages';
import { tokenEndpoint } from './token-endpoint';

export interface IdentityServer {
  /** HTTPS origin for discovery and tokens: the plugin's authority host. */
  readonly origin: string;
  readonly memory: IdentityMemory;
  /** Seconds that new access tokens live. */
  setTokenLifetime(seconds: number): void;
  close(): Promise<void>;
}

export interface IdentityServerOptions {
  readonly certificates: Certificates;
  readonly key: SigningKey;
  readonly faults: Faults;
  readonly httpsPort: number;
  readonly httpPort: number;
  /** Requests below `/_sandbox/`. */
  readonly control: (req: IncomingMessage, res: ServerResponse, name: string) => Promise<void>;
}

/**
 * Microsoft Entra's v2 endpoints on loopback. Tokens and discovery go over HTTPS; the pages a person sees also over plain
 * http on localhost, so that no browser shows a certificate warning.
 */
export async function startIdentityServer(options: IdentityServerOptions): Promise<IdentityServer> {
  // oidc-provider 9 is made for Node 22; this is all it lacks on Node 20.
  const url = URL as unknown as { parse?: (value: string, base?: string) => URL | null };
  url.parse ??= (value, base) => (URL.canParse(value, base) ? new URL(value, base) : null);
  const { tenantProvider } = await import('./tenant-provider');

  const memory = new IdentityMemory();
  let tokenSeconds = 3900;
  const state: ServerState = { options, memory, providers: {}, origin: '', pageOrigin: '' };
  const listener = (req: IncomingMessage, res: ServerResponse): void => {
    handle(req, res, state).catch((error: Error) =>
      html(
        res,
        error.name === 'SessionNotFound' ? 400 : 500,
        'Error',
        `<p id="error">${escapeHtml(error.message)}</p>`,
      ),
    );
  };
  const secure = https.createServer({ key: options.certificates.key, cert: options.certificates.cert }, listener);
  const plain = http.createServer(listener);
  state.origin = `https://localhost:${await listen(secure, options.httpsPort)}`;
  state.pageOrigin = `http://localhost:${await listen(plain, options.httpPort)}`;
  for (const tenant of Object.keys(TENANTS)) {
    const provider = tenantProvider(tenant, {
      issuerBase: state.origin,
      key: options.key,
      memory,
      clientSecret: () => APP.clientSecret,
      accessTokenSeconds: () => tokenSeconds,
    });
    await dress(provider, tenant, state);
    state.providers[tenant] = { provider, callback: provider.callback() };
  }
  return {
    origin: state.origin,
    memory,
    setTokenLifetime: (seconds) => (tokenSeconds = seconds),
    close: async () => {
      for (const server of [secure, plain]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

interface ServerState {
  readonly options: IdentityServerOptions;
  readonly memory: IdentityMemory;
  readonly providers: Record<
    string,
    { provider: Provider; callback: (req: IncomingMessage, res: ServerResponse) => void }
  >;
  origin: string;
  pageOrigin: string;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Entra's behaviour around oidc-provider's. */
async function dress(provider: Provider, tenant: string, state: ServerState): Promise<void> {
  const { translateAuthorize } = await import('./tenant-provider');
  provider.use(async (ctx, next) => {
    const segment = (ctx.req.originalUrl ?? '').split('/')[1];
    ctx.mountPath = `/${segment}`;
    if (ctx.path === '/oauth2/v2.0/authorize' && ctx.method === 'GET') {
      const unknown = translateAuthorize(ctx);
      if (unknown) {
        ctx.type = 'html';
        ctx.body = `<h1>Sorry</h1><p id="error">AADSTS650053: The application asked for scope '${escapeHtml(unknown)}' that doesn't exist on the resource.</p>`;
        return;
      }
    }
    if (ctx.path === '/oauth2/v2.0/token' && ctx.method === 'POST')
      return tokenEndpoint(ctx, next, tenant, state.memory, state.options.faults);
    await next();
    decorate(ctx, segment, tenant, state);
  });
}

function decorate(ctx: OidcContext, segment: string, tenant: string, state: ServerState): void {
  const location = ctx.response.get('location');
  if (/[?&]code=/.test(location)) {
    const url = new URL(location);
    url.searchParams.delete('iss');
    url.searchParams.set('session_state', randomUUID());
    ctx.set('location', url.toString());
  }
  if (ctx.path === '/.well-known/openid-configuration' && typeof ctx.body === 'object') {
    ctx.body.authorization_endpoint = `${state.pageOrigin}/${segment}/oauth2/v2.0/authorize`;
    // With `common` the issuer is a literal template, as Entra publishes it.
    if (segment !== tenant) ctx.body.issuer = `${state.origin}/{tenantid}/v2.0`;
    for (const key of ['token_endpoint', 'jwks_uri'])
      ctx.body[key] = String(ctx.body[key]).replace(/^https?:\/\/[^/]+/, state.origin);
  }
}

async function handle(req: IncomingMessage, res: ServerResponse, state: ServerState): Promise<void> {
  const url = new URL(req.url ?? '/', state.origin || 'https://localhost');
  const [, segment, ...rest] = url.pathname.split('/');
  const below = `/${rest.join('/')}`;
  if (segment === '_sandbox') return state.options.control(req, res, rest[0]);
  const tenant = findTenant(segment);
  if (!tenant) return json(res, entraError('AADSTS90002').status, entraError('AADSTS90002').body);
  const { provider, callback } = state.providers[tenant];
  if (below.startsWith('/login/')) return interactionPage(req, res, tenant, provider, state.memory);
  const fault = below.endsWith('openid-configuration') ? state.options.faults.take('discovery', {}) : null;
  if (fault) return json(res, fault.status ?? 503, { error: 'temporarily_unavailable' });
  const path = below === '/v2.0/.well-known/openid-configuration' ? '/.well-known/openid-configuration' : below;
  Object.assign(req, { originalUrl: `/${segment}${path}${url.search}`, url: path + url.search });
  callback(req, res);
}

export function json(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  res.end(JSON.stringify(body));
}
