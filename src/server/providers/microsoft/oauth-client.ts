import { ConfidentialClientApplication, type AuthenticationResult, type ICachePlugin } from '@azure/msal-node';
import { MailError } from '../../errors/mail-error';
import type { BeginConsent, ConsentedIdentity, OAuthClient, ProviderSettings, RedeemCode } from '../../ports/provider';
import { diagnoseAuthority } from './authority';
import { microsoftError } from './errors';

/** What is asked of the user: exactly the two mail rights and who they are. */
function mailScopes(settings: ProviderSettings): string[] {
  return ['IMAP.AccessAsUser.All', 'SMTP.Send'].map((right) => `${settings.outlookResource}/${right}`);
}

/** Entra v2 through MSAL. One instance per use: its cache belongs to one account and is sealed between uses. */
export class MicrosoftOAuthClient implements OAuthClient {
  constructor(private readonly settings: ProviderSettings) {}

  async authorizeUrl(request: BeginConsent): Promise<string> {
    return this.translated(() =>
      this.application(emptyCache()).getAuthCodeUrl({
        scopes: ['openid', 'profile', 'email', 'offline_access', ...mailScopes(this.settings)],
        redirectUri: request.redirectUri,
        state: request.state,
        nonce: request.nonce,
        codeChallenge: request.codeChallenge,
        codeChallengeMethod: 'S256',
        prompt: 'select_account',
        responseMode: 'query',
        ...(request.loginHint ? { loginHint: request.loginHint } : {}),
      }),
    );
  }

  async redeem(request: RedeemCode): Promise<ConsentedIdentity> {
    const cache = emptyCache();
    const result = await this.translated(() =>
      this.application(cache).acquireTokenByCode({
        scopes: mailScopes(this.settings),
        redirectUri: request.redirectUri,
        code: request.code,
        codeVerifier: request.codeVerifier,
        nonce: request.nonce,
      }),
    );
    return identityOf(result, cache.blob());
  }

  async accessToken(tokenCache: string, fresh: boolean): Promise<{ token: string; saved: string | null }> {
    const cache = emptyCache(tokenCache);
    const application = this.application(cache);
    return this.translated(async () => {
      const [account] = await application.getTokenCache().getAllAccounts();
      if (!account) throw new MailError('EMAIL_RECONNECT_REQUIRED');
      const result = await application.acquireTokenSilent({
        account,
        scopes: mailScopes(this.settings),
        forceRefresh: fresh,
      });
      const blob = cache.blob();
      return { token: result.accessToken, saved: blob === tokenCache ? null : blob };
    });
  }

  /**
   * Discovery must answer, and the sign-in service must accept client ID and secret: a code that cannot exist is
   * redeemed, and only "the code is wrong" proves that everything else is right.
   */
  async test(): Promise<void> {
    await diagnoseAuthority(this.settings);
    const probe = {
      code: 'email-manager-connection-test',
      redirectUri: 'https://localhost/',
      scopes: mailScopes(this.settings),
    };
    try {
      await this.application(emptyCache()).acquireTokenByCode(probe);
    } catch (error) {
      const translated = microsoftError(error);
      if (translated.code !== 'EMAIL_RECONNECT_REQUIRED') throw translated;
    }
  }

  private application(cache: MemoryCache): ConfidentialClientApplication {
    const { clientId, clientSecret, authorityHost, tenant } = this.settings;
    return new ConfidentialClientApplication({
      auth: {
        clientId,
        clientSecret,
        authority: `${authorityHost}/${tenant}`,
        knownAuthorities: [new URL(authorityHost).host],
      },
      cache: { cachePlugin: cache.plugin },
    });
  }

  private async translated<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const translated = microsoftError(error);
      // MSAL swallows why discovery failed; ask again to tell a wrong tenant from a service that is down.
      if (translated.code === 'EMAIL_AUTHORITY_UNREACHABLE') await diagnoseAuthority(this.settings);
      throw translated;
    }
  }
}

/** Identity is `oid` + `tid`, which never change; the e-mail claim can be set by any tenant's administrator. */
function identityOf(result: AuthenticationResult, tokenCache: string): ConsentedIdentity {
  const granted = result.scopes.map((scope) => scope.toLowerCase());
  const isComplete = ['imap.accessasuser.all', 'smtp.send'].every((right) =>
    granted.some((scope) => scope.endsWith(right)),
  );
  if (!isComplete || !result.account) throw new MailError('EMAIL_SCOPE_MISSING');
  const { homeAccountId, username, name } = result.account;
  return { subject: homeAccountId, address: username, displayName: name ?? '', tokenCache };
}

interface MemoryCache {
  readonly plugin: ICachePlugin;
  blob(): string;
}

/** MSAL's cache in memory, loaded from and saved to one serialized blob. */
function emptyCache(initial = ''): MemoryCache {
  let data = initial;
  return {
    blob: () => data,
    plugin: {
      beforeCacheAccess: async (context) => {
        if (data) context.tokenCache.deserialize(data);
      },
      afterCacheAccess: async (context) => {
        if (context.cacheHasChanged) data = context.tokenCache.serialize();
      },
    },
  };
}
