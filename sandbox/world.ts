/** Who and what exists in the sandbox. Made up: no name, domain or secret here is real. */

export interface SandboxUser {
  readonly upn: string;
  readonly name: string;
  readonly oid: string;
  readonly tenant: string;
  readonly password: string;
}

/** Users may consent for themselves. */
export const CONTOSO = '11111111-aaaa-4aaa-8aaa-000000000001';
/** Only an administrator may consent. */
export const FABRIKAM = '22222222-bbbb-4bbb-8bbb-000000000002';

export const TENANTS: Readonly<Record<string, { domain: string; usersMayConsent: boolean }>> = {
  [CONTOSO]: { domain: 'contoso.test', usersMayConsent: true },
  [FABRIKAM]: { domain: 'fabrikam.test', usersMayConsent: false },
};

export const USERS: readonly SandboxUser[] = [
  {
    upn: 'alice@contoso.test',
    name: 'Alice Example',
    oid: 'aaaaaaaa-0000-4000-8000-000000000001',
    tenant: CONTOSO,
    password: 'alicepw',
  },
  {
    upn: 'bob@contoso.test',
    name: 'Bob Beispiel',
    oid: 'aaaaaaaa-0000-4000-8000-000000000002',
    tenant: CONTOSO,
    password: 'bobpw',
  },
  {
    upn: 'mona@contoso.test',
    name: 'Mona Muster',
    oid: 'aaaaaaaa-0000-4000-8000-000000000003',
    tenant: CONTOSO,
    password: 'monapw',
  },
  {
    upn: 'carol@fabrikam.test',
    name: 'Carol Fab',
    oid: 'bbbbbbbb-0000-4000-8000-000000000001',
    tenant: FABRIKAM,
    password: 'carolpw',
  },
];

export const APP = {
  clientId: '99999999-cccc-4ccc-8ccc-000000000009',
  clientSecret: 'sandbox~not-a-real-secret',
  /** As at Entra, the port of an http://localhost redirect URI does not matter. */
  redirectUris: [
    'http://localhost/api/emailOAuth:callback',
    'http://127.0.0.1/api/emailOAuth:callback',
    'http://localhost/api/__app/team/emailOAuth:callback',
  ],
} as const;

export const RESOURCES = { outlook: 'https://outlook.office.com', graph: 'https://graph.microsoft.com' } as const;

/** Rights each resource offers; a bare name belongs to Graph, as at Entra. */
export const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  [RESOURCES.outlook]: ['IMAP.AccessAsUser.All', 'SMTP.Send', 'POP.AccessAsUser.All'],
  [RESOURCES.graph]: ['User.Read', 'Mail.Send', 'Mail.ReadWrite', 'IMAP.AccessAsUser.All', 'SMTP.Send'],
};

export function findUser(upnOrOid: string | undefined): SandboxUser | undefined {
  const wanted = (upnOrOid ?? '').toLowerCase();
  return USERS.find((user) => user.upn.toLowerCase() === wanted || user.oid === wanted);
}

export function findTenant(segment: string): string | undefined {
  if (TENANTS[segment]) return segment;
  if (['common', 'organizations', 'consumers'].includes(segment)) return CONTOSO;
  return Object.keys(TENANTS).find((id) => TENANTS[id].domain === segment);
}
