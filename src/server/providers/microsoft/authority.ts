import { MailError } from '../../errors/mail-error';
import type { ProviderSettings } from '../../ports/provider';
import { microsoftError } from './errors';

const DISCOVERY_TIMEOUT_MS = 15_000;

/**
 * Reads the tenant's OpenID discovery document (OpenID Connect Discovery §4).
 * @throws MailError `EMAIL_TENANT_UNKNOWN` or `EMAIL_AUTHORITY_UNREACHABLE`
 */
export async function diagnoseAuthority(settings: ProviderSettings): Promise<void> {
  const url = `${settings.authorityHost}/${encodeURIComponent(settings.tenant)}/v2.0/.well-known/openid-configuration`;
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS), redirect: 'error' });
  } catch (cause) {
    throw new MailError('EMAIL_AUTHORITY_UNREACHABLE', { cause, params: { host: settings.authorityHost } });
  }
  if (response.ok) return;
  const body = (await response.json().catch(() => ({}))) as { error_description?: string };
  const translated = microsoftError({ errorMessage: body.error_description ?? '' });
  if (translated.code === 'EMAIL_TENANT_UNKNOWN')
    throw new MailError('EMAIL_TENANT_UNKNOWN', { params: { tenant: settings.tenant } });
  throw new MailError('EMAIL_AUTHORITY_UNREACHABLE', { params: { host: settings.authorityHost } });
}
