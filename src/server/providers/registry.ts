import { MailError } from '../errors/mail-error';
import type { MailProvider } from '../ports/provider';

/** The vendors this installation knows. Another plugin may register one. */
export class ProviderRegistry {
  private readonly providers = new Map<string, MailProvider>();

  register(provider: MailProvider): void {
    this.providers.set(provider.name, provider);
  }

  get(name: string): MailProvider {
    const provider = this.providers.get(name);
    if (!provider) throw new MailError('EMAIL_PROVIDER_NOT_CONFIGURED');
    return provider;
  }

  names(): string[] {
    return [...this.providers.keys()];
  }
}
