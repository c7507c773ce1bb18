import { randomBytes } from 'node:crypto';
import type { Context, Next } from '@nocobase/actions';
import { LINK_MESSAGE, PKG } from '../../shared/constants';
import { textKey } from '../../shared/text-key';
import { asMailError } from '../errors/mail-error';
import { escapeHtml } from '../messages/clean-html';
import { beginLink, STATE_TTL_MS } from '../oauth/begin-link';
import { completeLink } from '../oauth/complete-link';
import { inMailScope } from '../runtime/mail-scope';
import { callbackQuery } from '../runtime/private-requests';
import type { Services } from '../services';
import { idOf, translated, type MailAction } from './answer';
import { callbackPath, redirectUriOf } from './redirect-uri';

/** `emailOAuth:begin`: where to send the browser for consent. Ties the consent to this browser by a cookie. */
export function emailOAuth(services: Services): Record<string, MailAction> {
  return {
    begin: async ({ ctx, user, values }) => {
      const name = typeof values.provider === 'string' ? values.provider : 'microsoft';
      const account =
        values.accountId === undefined ? null : await services.accounts.own(user, idOf(values.accountId, 'accountId'));
      const { states, box, clock, provider, providers } = services;
      const oauth = provider(account?.provider ?? name).oauth(await providers.load(account?.provider ?? name));
      const redirectUri = await redirectUriOf(ctx, services, account?.provider ?? name);
      await states.removeOlderThan(clock.now() - 24 * 60 * 60_000);
      const begun = await beginLink(
        { userId: user, provider: account?.provider ?? name, redirectUri, account },
        { states, oauth, box, now: clock.now() },
      );
      // Behind a proxy that ends TLS the request itself looks unencrypted; what counts is how browsers reach us.
      const isSecure = redirectUri.startsWith('https:');
      if (isSecure) (ctx.cookies as { secure?: boolean }).secure = true;
      ctx.cookies.set(begun.cookie.name, begun.cookie.value, {
        httpOnly: true,
        sameSite: 'lax',
        path: callbackPath(ctx),
        maxAge: STATE_TTL_MS,
        overwrite: true,
        signed: false,
        secure: isSecure,
      });
      return { url: begun.url };
    },
  };
}

/**
 * `GET emailOAuth:callback`: arrives without a login, since the browser comes from the sign-in service; who it is for is
 * known from the state alone. Answers a small page that tells the opener and closes itself.
 */
export function oauthCallback(services: Services) {
  return async (ctx: Context, next: Next): Promise<void> => {
    const page = await inMailScope(() => complete(ctx, services));
    const nonce = randomBytes(16).toString('base64');
    ctx.withoutDataWrapping = true;
    ctx.type = 'html';
    ctx.set(
      'Content-Security-Policy',
      `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; frame-ancestors 'none'`,
    );
    ctx.set('Referrer-Policy', 'no-referrer');
    ctx.set('Cache-Control', 'no-store');
    ctx.status = page.ok ? 200 : 400;
    ctx.body = callbackPage(page, nonce);
    await next();
  };
}

const AGAIN = textKey(
  '{{address}} was linked already; its connection is renewed. To link another mailbox, pick another account in the sign-in window.',
);

interface CallbackResult {
  readonly ok: boolean;
  readonly title: string;
  readonly text: string;
  readonly accountId: number | null;
  readonly isAgain: boolean;
}

async function complete(ctx: Context, services: Services): Promise<CallbackResult> {
  const t = ctx.t as (key: string, options: object) => string;
  const query = callbackQuery(ctx);
  const one = (name: string): string | undefined => {
    const value = query[name];
    return typeof value === 'string' ? value : undefined;
  };
  try {
    const { account, isAgain, cookieName } = await completeLink(
      {
        state: one('state'),
        code: one('code'),
        error: one('error'),
        errorDescription: one('error_description'),
        cookie: (name) => ctx.cookies.get(name, { signed: false }),
      },
      {
        ...services,
        settings: (name) => services.providers.load(name),
        misconfigured: (name, code) => services.providers.mark(name, code),
        now: () => services.clock.now(),
      },
    );
    ctx.cookies.set(cookieName, null, { path: callbackPath(ctx), signed: false });
    await services.wakeups.wakeSync(account.id, 'pass');
    services.live.changed(account.userId, { accountId: account.id, topic: 'accounts' });
    return {
      ok: true,
      title: t('Mailbox connected', { ns: PKG }),
      text: isAgain
        ? t(AGAIN, { ns: PKG, address: account.address, interpolation: { escapeValue: false } })
        : t('You can close this window.', { ns: PKG }),
      accountId: account.id,
      isAgain,
    };
  } catch (error) {
    const failure = asMailError(error);
    services.log.error('oauth-callback-failed', failure);
    return {
      ok: false,
      title: t('The mailbox was not connected', { ns: PKG }),
      text: translated(ctx, failure),
      accountId: null,
      isAgain: false,
    };
  }
}

function callbackPage(result: CallbackResult, nonce: string): string {
  const message = JSON.stringify({
    type: LINK_MESSAGE,
    ok: result.ok,
    text: result.text,
    accountId: result.accountId,
    isAgain: result.isAgain,
  }).replace(/</g, '\\u003c');
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(result.title)}</title>
<style nonce="${nonce}">:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32em;margin:15vh auto;padding:0 1.5em}</style></head>
<body><h2>${escapeHtml(result.title)}</h2><p>${escapeHtml(result.text)}</p>
<script nonce="${nonce}">
new BroadcastChannel(${JSON.stringify(LINK_MESSAGE)}).postMessage(${message});
${result.ok && !result.isAgain ? 'setTimeout(function () { window.close(); }, 800);' : ''}
</script></body></html>`;
}
