import type { Context } from '@nocobase/actions';
import { getRequestOrigin } from '@nocobase/utils';
import type { Services } from '../services';

/**
 * Where the sign-in service sends the browser back to. The administrator's public address wins; the origin of the
 * request is only the default, since its headers can be forged.
 */
export async function redirectUriOf(ctx: Context, { providers }: Services, provider: string): Promise<string> {
  const origin = (await providers.publicBaseUrl(provider)) || soundOrigin(getRequestOrigin(ctx)) || ctx.origin;
  return `${origin.replace(/\/+$/, '')}${callbackPath(ctx)}`;
}

/** An http(s) origin without anything else; forwarded headers may say whatever their sender likes. */
function soundOrigin(value: string | undefined): string | null {
  if (!value || !URL.canParse(value)) return null;
  const { origin, protocol } = new URL(value);
  return /^https?:$/.test(protocol) && origin === value.replace(/\/+$/, '').toLowerCase() ? origin : null;
}

/** Path of the callback below the origin; a sub-application is named in the path, the only place Entra keeps. */
export function callbackPath(ctx: Context): string {
  const base = `/${(process.env.API_BASE_PATH ?? '/api/').replace(/^\/+|\/+$/g, '')}/`;
  const app = (ctx.app as { name?: string }).name ?? 'main';
  return `${base}${app === 'main' ? '' : `__app/${app}/`}emailOAuth:callback`;
}
