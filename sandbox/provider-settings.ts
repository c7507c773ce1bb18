import type { SandboxAddresses } from './sandbox';

/** Settings that lead the plugin to the sandbox instead of Microsoft: nothing in the plugin knows of it. */
export function providerSettings(sandbox: SandboxAddresses): Record<string, string | number> {
  return {
    name: 'microsoft',
    clientId: sandbox.clientId,
    clientSecret: sandbox.clientSecret,
    tenant: 'common',
    authorityHost: sandbox.authorityHost,
    imapHost: 'localhost',
    imapPort: sandbox.imapPort,
    smtpHost: 'localhost',
    smtpPort: sandbox.smtpPort,
  };
}
