import type { Context, Next } from '@nocobase/actions';

interface Host {
  use(middleware: (ctx: Context, next: Next) => Promise<void>, options: object): unknown;
  readonly resourceManager: { use(middleware: (ctx: Context, next: Next) => Promise<void>, options: object): unknown };
}

/**
 * The host logs every request with its URL and its JSON body. Ours hold client secrets, drafts and authorization codes, so
 * both are taken out of the logger's sight: the body of our resources before any check that may end the request, and the
 * query of the OAuth callback before the logger sees the URL.
 */
export function keepRequestsPrivate(app: Host, resources: readonly string[]): void {
  const ours = new Set(resources);
  app.resourceManager.use(
    async (ctx, next) => {
      if (ours.has(String(ctx.action?.resourceName))) {
        takeValues(ctx);
        // The host would look rows of `list` and `get` up again to say what may be done with them: past our guard, in vain.
        delete ctx.req.headers['x-with-acl-meta'];
      }
      await next();
    },
    { tag: 'emailPrivateValues', before: 'acl' },
  );
  app.use(
    async (ctx, next) => {
      if (/emailOAuth:callback$/.test(ctx.path)) {
        ctx.state.emailCallback = { ...ctx.query };
        ctx.url = ctx.path;
      }
      await next();
    },
    { tag: 'emailCallbackQuery', before: 'logger' },
  );
}

function takeValues(ctx: Context): void {
  const params = ctx.action.params as Record<string, unknown>;
  ctx.state.emailValues = params.values ?? {};
  params.values = {};
}

/** JSON body of a request to one of our resources. */
export function privateValues(ctx: Context): Readonly<Record<string, unknown>> {
  return (ctx.state.emailValues as Record<string, unknown> | undefined) ?? {};
}

/** Query of the OAuth callback. */
export function callbackQuery(ctx: Context): Readonly<Record<string, string | string[] | undefined>> {
  return (ctx.state.emailCallback as Record<string, string> | undefined) ?? {};
}
