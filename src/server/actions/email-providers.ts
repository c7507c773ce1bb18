import { tryAgainSoon } from '../accounts/server-pause';
import { asMailError } from '../errors/mail-error';
import type { WireProvider } from '../../shared/wire';
import type { Services } from '../services';
import { CLOUDS } from '../settings/clouds';
import type { MailAction, MailRequest } from './answer';
import { redirectUriOf } from './redirect-uri';

/** Settings of the mail providers. Administrators only (acl.ts); the secret goes in and never comes out. */
export function emailProviders(services: Services): Record<string, MailAction> {
  const { providers } = services;
  const nameOf = ({ params, values }: MailRequest): string => {
    const wanted = values.name ?? params.name;
    const name = typeof wanted === 'string' ? wanted : 'microsoft';
    services.provider(name);
    return name;
  };
  const show = async (request: MailRequest): Promise<WireProvider> => {
    const view = await providers.view(nameOf(request));
    return {
      name: view.name,
      state: view.state,
      settings: view.settings ? { ...view.settings } : null,
      hasSecret: view.hasSecret,
      secretHint: view.secretHint,
      redirectUri: await redirectUriOf(request.ctx, services, view.name),
      error: view.errorCode ? { code: view.errorCode, params: {} } : null,
      clouds: CLOUDS,
    };
  };
  return {
    get: show,
    save: async (request) => {
      const name = nameOf(request);
      await providers.save(name, request.values);
      await tryAgain(name, services);
      return show(request);
    },
    test: async (request) => {
      const name = nameOf(request);
      const entered = request.values.clientId !== undefined;
      try {
        const settings = entered ? await providers.preview(name, request.values) : await providers.load(name);
        await services.provider(name).oauth(settings).test();
      } catch (error) {
        const failure = asMailError(error);
        if (!entered && failure.kind === 'configuration') await providers.mark(name, failure.code);
        throw failure;
      }
      if (!entered) await providers.mark(name, null);
      return { ok: true };
    },
  };
}

/** What failed under the earlier settings may work under these; also what looked like a matter of the owner, who would else have to consent again. */
async function tryAgain(provider: string, { accounts, clock, wakeups }: Services): Promise<void> {
  await accounts.retryRefused(provider);
  for (const account of await accounts.ofProvider(provider)) {
    await tryAgainSoon(accounts, account.id, clock.now());
    if (account.state === 'active' || account.state === 'backing-off') await wakeups.wakeSync(account.id, 'pass');
  }
}
