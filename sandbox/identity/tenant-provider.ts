import { randomBytes } from 'node:crypto';
import Provider, { interactionPolicy, type OidcContext } from 'oidc-provider';
import { APP, findUser, RESOURCES, RIGHTS } from '../world';
import type { SigningKey } from './keys';
import type { IdentityMemory } from './memory';
import { parseScopes, resourceOf } from './scopes';

export interface IdentityOptions {
  readonly issuerBase: string;
  readonly key: SigningKey;
  readonly memory: IdentityMemory;
  readonly clientSecret: () => string;
  readonly accessTokenSeconds: () => number;
}

/** Bytes of padding in access tokens: real ones are 1.5 to 2.5 KB, and that length has broken servers before. */
const TOKEN_PADDING = 700;
/** oidc-provider strips `offline_access` without `prompt=consent`; inside, the wish travels under this name. */
const OFFLINE = 'sandbox_offline';

/** One oidc-provider dressed as one Entra tenant. */
export function tenantProvider(tenant: string, options: IdentityOptions): Provider {
  const provider = new Provider(`${options.issuerBase}/${tenant}/v2.0`, configuration(tenant, options));
  provider.proxy = false;
  // Entra ignores the port of http://localhost redirect URIs.
  provider.Client.prototype.redirectUriAllowed = function allowed(
    this: { redirectUris: string[] },
    value: string,
  ): boolean {
    return URL.canParse(value) && this.redirectUris.some((known) => samePlace(new URL(known), new URL(value)));
  };
  provider.on('grant.error', (ctx, error) => (ctx.sandboxError = error));
  return provider;
}

function samePlace(known: URL, asked: URL): boolean {
  const isLocal = ['localhost', '127.0.0.1'].includes(asked.hostname);
  const sameHost = known.hostname === asked.hostname && (isLocal || known.port === asked.port);
  return sameHost && known.protocol === asked.protocol && known.pathname === asked.pathname;
}

function configuration(tenant: string, { key, memory, clientSecret, accessTokenSeconds }: IdentityOptions): object {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return {
    adapter: memory.adapter(),
    jwks: { keys: [key.jwk] },
    cookies: { keys: ['sandbox'], long: { signed: true }, short: { signed: true } },
    clients: [client(clientSecret())],
    routes: {
      authorization: '/oauth2/v2.0/authorize',
      token: '/oauth2/v2.0/token',
      jwks: '/discovery/v2.0/keys',
      end_session: '/oauth2/v2.0/logout',
    },
    scopes: ['openid', 'profile', 'email', OFFLINE],
    claims: { openid: ['sub', 'oid', 'tid', 'ver'], profile: ['name', 'preferred_username'], email: ['email'] },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: { required: () => true },
    interactions: {
      policy,
      url: (_ctx: unknown, interaction: { uid: string }) => `/${tenant}/login/${interaction.uid}`,
    },
    findAccount: (_ctx: unknown, id: string) => account(id, tenant),
    issueRefreshToken: (_ctx: unknown, _client: unknown, source: { scopes: Set<string> }) => source.scopes.has(OFFLINE),
    rotateRefreshToken: () => false,
    // Another account in the same browser does not end what was granted to the first.
    expiresWithSession: () => false,
    ttl: {
      AccessToken: accessTokenSeconds,
      RefreshToken: 90 * 86400,
      AuthorizationCode: 600,
      Grant: 90 * 86400,
      IdToken: 3600,
      Session: 86400,
      Interaction: 3600,
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: resourceIndicators(accessTokenSeconds),
    },
    formats: { customizers: { jwt: (_ctx: unknown, token: TokenModel, jwt: Jwt) => shapeToken(tenant, token, jwt) } },
    loadExistingGrant: (ctx: OidcContext) => existingGrant(ctx, tenant, memory),
    renderError: (ctx: OidcContext, out: Record<string, string>, error: Record<string, string>) =>
      renderError(ctx, out, error),
  };
}

function client(secret: string): object {
  return {
    client_id: APP.clientId,
    client_secret: secret,
    redirect_uris: APP.redirectUris,
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_post',
    application_type: 'web',
  };
}

function account(id: string, tenant: string): object | undefined {
  const user = findUser(id);
  if (!user || user.tenant !== tenant) return undefined;
  const { oid, name, upn } = user;
  return {
    accountId: oid,
    claims: () => ({ sub: oid, oid, tid: tenant, ver: '2.0', name, preferred_username: upn, email: upn }),
  };
}

function resourceIndicators(accessTokenTTL: () => number): object {
  return {
    enabled: true,
    defaultResource: (_ctx: unknown, _client: unknown, one?: string[]) => one?.[0],
    useGrantedResource: () => true,
    getResourceServerInfo: (_ctx: unknown, resource: string) => ({
      scope: [...(RIGHTS[resource] ?? []), '.default'].map((right) => `${resource}/${right}`).join(' '),
      audience: resource,
      accessTokenTTL: accessTokenTTL(),
      accessTokenFormat: 'jwt',
      jwt: { sign: { alg: 'RS256' } },
    }),
  };
}

interface TokenModel {
  readonly accountId?: string;
  readonly clientId: string;
}

interface Jwt {
  header: Record<string, unknown>;
  payload: Record<string, unknown>;
}

/** Outlook's access tokens are v1 shaped: appid, scp, upn, issued by sts.windows.net. */
function shapeToken(tenant: string, token: TokenModel, jwt: Jwt): Jwt {
  const { scope, client_id: _clientId, ...claims } = jwt.payload;
  const user = findUser(token.accountId);
  const scp = String(scope ?? '')
    .split(' ')
    .map((one) => one.replace(/^https:\/\/[^/]+\//, ''));
  jwt.payload = {
    ...claims,
    iss: `https://sts.windows.net/${tenant}/`,
    tid: tenant,
    appid: token.clientId,
    ver: '1.0',
    nbf: claims.iat,
    ...(user ? { oid: user.oid, sub: user.oid, upn: user.upn, name: user.name, scp: scp.join(' ') } : {}),
    xms_pad: randomBytes(TOKEN_PADDING).toString('base64url').slice(0, TOKEN_PADDING),
  };
  // Dovecot's local check refuses `at+jwt`.
  jwt.header = { ...jwt.header, typ: 'JWT' };
  return jwt;
}

async function existingGrant(ctx: OidcContext, tenant: string, memory: IdentityMemory) {
  const { client: asking, session, provider } = ctx.oidc;
  const granted = memory.granted(asking.clientId, session.accountId, tenant);
  if (granted.size === 0) return undefined;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: asking.clientId });
  grant.addOIDCScope(`openid profile email ${OFFLINE}`);
  for (const scope of granted) grant.addResourceScope(resourceOf(scope), scope);
  await grant.save();
  return grant;
}

async function renderError(
  ctx: OidcContext,
  out: Record<string, string>,
  error: Record<string, string>,
): Promise<void> {
  const isRedirect = /redirect_uri/.test(`${error.error_description} ${error.error_detail}`);
  const code = isRedirect
    ? 'AADSTS50011'
    : /client is invalid/.test(error.error_description ?? '')
      ? 'AADSTS700016'
      : 'AADSTS900144';
  ctx.type = 'html';
  ctx.body = `<!doctype html><title>Sign in to your account</title><h1>Sorry, but we're having trouble signing you in.</h1><p id="error">${code}: ${out.error_description ?? out.error}</p>`;
}

/** Turns Entra's scope parameter into resource parameters that oidc-provider understands. Answers an unknown scope, or null. */
export function translateAuthorize(ctx: OidcContext): string | null {
  const query = new URLSearchParams(ctx.querystring);
  const scopes = parseScopes(query.get('scope'));
  if (scopes.unknown.length > 0) return scopes.unknown[0];
  const oidc = scopes.oidc.map((scope) => (scope === 'offline_access' ? OFFLINE : scope));
  query.set('scope', [...new Set(['openid', ...oidc, ...[...scopes.byResource.values()].flat()])].join(' '));
  query.delete('resource');
  for (const resource of scopes.byResource.keys()) query.append('resource', resource);
  ctx.querystring = query.toString();
  return null;
}

export const OUTLOOK_AUDIENCE = RESOURCES.outlook;
export { OFFLINE };
