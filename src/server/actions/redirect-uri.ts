import type { Context } from '@nocobase/actions';
import { getRequestOrigin } from '@nocobase/utils';
import type { Services } from '../services';

/**
 * Where the sign-in service sends the browser back to. The administrator's public address wins; the origin of the
 * request is only the default, since its headers can be forged.
 */
export async function redirectUriOf(ctx: Context, { providers }: Services, provider: string): Promise<string> {
  const origin = (await providers.publicBaseUrl(provider)) || getRequestOrigin(ctx) || ctx.origin;
  return `${origin.replace(/\/+$/, '')}${callbackPath(ctx)}`;
}

/** Path of the callback below the origin; a sub-application is named in the path, the only place Entra keeps. */
export function callbackPath(ctx: Context): string {
  const base = `/${(process.env.API_BASE_PATH ?? '/api/').replace(/^\/+|\/+$/g, '')}/`;
  const app = (ctx.app as { name?: string }).name ?? 'main';
  return `${base}${app === 'main' ? '' : `__app/${app}/`}emailOAuth:callback`;
}
