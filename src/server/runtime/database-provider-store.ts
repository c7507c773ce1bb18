import { MailError } from '../errors/mail-error';
import type { ErrorCode } from '../../shared/error-codes';
import type { ProviderSettings } from '../ports/provider';
import type { ProviderRow } from '../ports/records';
import type { SecretBox } from '../ports/vault';
import {
  assertTrusted,
  completeSettings,
  isEnvTemplate,
  parseSettings,
  signInHost,
  type StoredSettings,
  type TrustedHosts,
} from '../settings/provider-settings';
import type { Tables } from './tables';

const context = (name: string): string => `emailProviders:${name}:clientSecret`;
const LONGEST_SECRET = 512;

/** What the settings page may see. The secret is write-only: only whether there is one, and how it ends. */
export interface ProviderView {
  readonly name: string;
  readonly settings: StoredSettings | null;
  readonly hasSecret: boolean;
  /** Last three characters, or the whole `{{$env.X}}` template, which is no secret. */
  readonly secretHint: string | null;
  readonly state: 'empty' | 'ready' | 'misconfigured';
  readonly errorCode: ErrorCode | null;
}

export class DatabaseProviderStore {
  constructor(
    private readonly tables: Tables,
    private readonly box: SecretBox,
    /** Renders `{{$env.X}}` with the application's environment variables. */
    private readonly render: (template: string) => string | undefined,
    private readonly trustedHosts: () => TrustedHosts,
  ) {}

  async view(name: string): Promise<ProviderView> {
    const row = await this.tables.providers.first({ name });
    if (!row) return { name, settings: null, hasSecret: false, secretHint: null, state: 'empty', errorCode: null };
    const settings = row.settings as unknown as StoredSettings;
    return {
      name,
      settings,
      hasSecret: Boolean(row.clientSecret),
      secretHint: row.secretHint,
      state: row.state,
      errorCode: row.errorCode,
    };
  }

  /**
   * Saves the form. An absent or blank secret keeps the stored one.
   * @throws MailError naming the first wrong field
   */
  async save(name: string, input: Readonly<Record<string, unknown>>): Promise<void> {
    const known = await this.tables.providers.first({ name });
    const { settings, secret } = entered(input, known);
    assertTrusted(settings, this.trustedHosts());
    const values = {
      settings: settings as unknown as Record<string, unknown>,
      ...(secret ? this.sealed(name, secret) : {}),
      state: 'ready' as const,
      errorCode: null,
    };
    if (known) await this.tables.providers.update(values, { name });
    else await this.tables.providers.insert({ name, ...values });
  }

  /** What `save` and then `load` would answer, with nothing written. @throws MailError as both of them do */
  async preview(name: string, input: Readonly<Record<string, unknown>>): Promise<ProviderSettings> {
    const known = await this.tables.providers.first({ name });
    const { settings, secret } = entered(input, known);
    assertTrusted(settings, this.trustedHosts());
    return completeSettings(name, settings, secret || this.opened(name, known?.clientSecret), this.render);
  }

  /** Settings ready for use. @throws MailError `EMAIL_PROVIDER_NOT_CONFIGURED`, `EMAIL_ENV_VARIABLE_MISSING` */
  async load(name: string): Promise<ProviderSettings> {
    const row = await this.tables.providers.first({ name });
    const secret = this.opened(name, row?.clientSecret);
    const settings = row?.settings as unknown as StoredSettings;
    assertTrusted(settings, this.trustedHosts());
    return completeSettings(name, settings, secret, this.render);
  }

  async publicBaseUrl(name: string): Promise<string> {
    const row = await this.tables.providers.first({ name });
    return ((row?.settings as unknown as StoredSettings | undefined)?.publicBaseUrl ?? '') || '';
  }

  /** Remembers what the sign-in service last said about client ID, secret and tenant. */
  async mark(name: string, errorCode: ErrorCode | null): Promise<void> {
    await this.tables.providers.update({ state: errorCode ? 'misconfigured' : 'ready', errorCode }, { name });
  }

  private opened(name: string, stored: string | null | undefined): string {
    if (!stored) throw new MailError('EMAIL_PROVIDER_NOT_CONFIGURED');
    return isEnvTemplate(stored) ? stored : this.box.open(stored, context(name));
  }

  private sealed(name: string, secret: string): { clientSecret: string; secretHint: string } {
    if (isEnvTemplate(secret)) return { clientSecret: secret, secretHint: secret.slice(0, 64) };
    return { clientSecret: this.box.seal(secret, context(name)), secretHint: `…${secret.slice(-3)}` };
  }
}

/**
 * Checks what the form sent. The stored secret goes only to the sign-in host it was entered for: whoever may change
 * the host could otherwise have it sent to himself, and it would not be write-only.
 */
function entered(
  input: Readonly<Record<string, unknown>>,
  known: ProviderRow | null,
): { settings: StoredSettings; secret: string } {
  const settings = parseSettings(input);
  const secret = typeof input.clientSecret === 'string' ? input.clientSecret.trim() : '';
  if (!secret && !known?.clientSecret) throw new MailError('EMAIL_SETTING_CLIENT_SECRET');
  if (secret.length > LONGEST_SECRET || /\s/.test(secret.replace(/^\{\{.*\}\}$/, '')))
    throw new MailError('EMAIL_SETTING_CLIENT_SECRET');
  if (!secret && signInHost(settings) !== signInHost(known?.settings as unknown as StoredSettings))
    throw new MailError('EMAIL_SETTING_SECRET_AGAIN');
  return { settings, secret };
}
