import { randomBytes } from 'node:crypto';
import type { OidcContext } from 'oidc-provider';
import type { Fault, Faults } from '../faults';
import { findUser } from '../world';
import { entraError, tokenErrorCode } from './entra-errors';
import type { IdentityMemory } from './memory';
import { parseScopes, resourceOf, type ParsedScopes } from './scopes';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Entra's token endpoint around oidc-provider's: one resource a request, AADSTS errors, client_info, rotation. */
export async function tokenEndpoint(
  ctx: OidcContext,
  next: () => Promise<void>,
  tenant: string,
  memory: IdentityMemory,
  faults: Faults,
): Promise<void> {
  const form = new URLSearchParams(await readBody(ctx));
  const grant = form.get('grant_type') ?? '';
  const fault = faults.take('token', { grant });
  if (fault && (await answerFault(ctx, fault))) return;
  const scopes = parseScopes(form.get('scope'));
  const refreshToken = grant === 'refresh_token' ? (form.get('refresh_token') ?? '') : null;
  const refused = faultOf(scopes, refreshToken, tenant, memory);
  if (refused) return refuse(ctx, refused);
  ctx.req.body = Object.fromEntries(translated(form, grant, scopes));
  await next();
  if (typeof ctx.body === 'object' && 'access_token' in ctx.body)
    ctx.body = grantedBody(ctx.body, tenant, refreshToken, memory);
  else if (typeof ctx.body === 'object' && 'error' in ctx.body) {
    const detail = `${String(ctx.body.error_description ?? '')} ${ctx.sandboxError?.error_detail ?? ''}`;
    refuse(ctx, tokenErrorCode(String(ctx.body.error), detail.trim(), grant));
  }
}

/** Why a request must not reach oidc-provider, or null. */
function faultOf(
  scopes: ParsedScopes,
  refreshToken: string | null,
  tenant: string,
  memory: IdentityMemory,
): string | null {
  if (scopes.unknown.length > 0) return 'AADSTS70011';
  if (scopes.byResource.size > 1) return 'AADSTS28000';
  return refreshToken === null ? null : checkRefresh(refreshToken, scopes, tenant, memory);
}

async function readBody(ctx: OidcContext): Promise<string> {
  let raw = '';
  for await (const chunk of ctx.req) raw += String(chunk);
  return raw;
}

/** True when the fault has answered the request. */
async function answerFault(ctx: OidcContext, fault: Fault): Promise<boolean> {
  if (fault.delayMs) await sleep(fault.delayMs);
  if (fault.drop) {
    ctx.respond = false;
    ctx.req.socket.destroy();
    return true;
  }
  if (fault.headers) ctx.set({ ...fault.headers });
  if (fault.status) {
    ctx.status = fault.status;
    ctx.body = { error: 'server_error' };
    return true;
  }
  if (fault.answer) refuse(ctx, fault.answer);
  return Boolean(fault.answer);
}

function refuse(ctx: OidcContext, code: string): void {
  const { status, body } = entraError(code);
  ctx.status = status;
  ctx.body = { ...body };
}

/** One refresh token serves every resource the user consented to. Answers why it must not be used, or null. */
function checkRefresh(token: string, scopes: ParsedScopes, tenant: string, memory: IdentityMemory): string | null {
  const revoked = memory.revoked.get(token);
  if (revoked) return revoked;
  const record = memory.records.get(`RefreshToken:${token}`);
  if (!record) return null;
  const granted = memory.granted(String(record.clientId), String(record.accountId), tenant);
  const wanted = [...scopes.byResource.values()].flat().filter((scope) => !scope.endsWith('/.default'));
  if (granted.size === 0 || wanted.some((scope) => !granted.has(scope))) return 'AADSTS65001';
  record.scope = [...new Set([...(record.scope ?? '').split(' '), ...granted])].join(' ');
  record.resource = [...new Set([...granted].map(resourceOf))];
  return null;
}

function translated(form: URLSearchParams, grant: string, scopes: ParsedScopes): URLSearchParams {
  const [resource, rights] = [...scopes.byResource][0] ?? [null, []];
  form.delete('scope');
  form.delete('resource');
  if (grant === 'refresh_token' && rights.length > 0) form.set('scope', ['openid', 'profile', ...rights].join(' '));
  if (resource) form.set('resource', resource);
  // Parameters that MSAL adds for telemetry and oidc-provider does not know.
  for (const key of [...form.keys()]) if (/^x-|client_info|claims|client-request-id/i.test(key)) form.delete(key);
  return form;
}

function grantedBody(
  body: Record<string, unknown>,
  tenant: string,
  usedToken: string | null,
  memory: IdentityMemory,
): Record<string, unknown> {
  const claims = JSON.parse(
    Buffer.from(String(body.access_token).split('.')[1], 'base64url').toString('utf8'),
  ) as Record<string, string>;
  const user = findUser(claims.oid);
  const scope = String(claims.scp ?? '')
    .split(' ')
    .filter(Boolean)
    .map((right) => `${claims.aud}/${right}`)
    .join(' ');
  return {
    token_type: 'Bearer',
    scope,
    expires_in: body.expires_in,
    ext_expires_in: body.expires_in,
    access_token: body.access_token,
    ...(body.refresh_token ? { refresh_token: rotated(String(body.refresh_token), usedToken, memory) } : {}),
    ...(body.id_token ? { id_token: body.id_token } : {}),
    client_info: Buffer.from(JSON.stringify({ uid: user?.oid, utid: tenant })).toString('base64url'),
  };
}

/** Entra hands out a new refresh token every time and keeps the old one alive. */
function rotated(token: string, usedToken: string | null, memory: IdentityMemory): string {
  const record = memory.records.get(`RefreshToken:${token}`);
  if (token !== usedToken || !record) return token;
  const fresh = randomBytes(32).toString('base64url');
  memory.records.set(`RefreshToken:${fresh}`, { ...record, jti: fresh });
  return fresh;
}
