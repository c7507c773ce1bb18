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

const NAMED: readonly SandboxUser[] = [
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

/** More people of the first tenant, `person1@…` and following: `SANDBOX_CROWD` says how many. Measurements want a thousand mailboxes. */
function crowd(count: number): SandboxUser[] {
  return Array.from({ length: count }, (_, at) => ({
    upn: `person${at + 1}@contoso.test`,
    name: `Person ${at + 1}`,
    oid: `cccccccc-0000-4000-8000-${String(at + 1).padStart(12, '0')}`,
    tenant: CONTOSO,
    password: `person${at + 1}pw`,
  }));
}

export const USERS: readonly SandboxUser[] = [...NAMED, ...crowd(Number(process.env.SANDBOX_CROWD ?? 0))];
const BY_NAME = new Map(USERS.flatMap((user) => [[user.upn, user] as const, [user.oid, user] as const]));

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
  return BY_NAME.get((upnOrOid ?? '').toLowerCase());
}

export function findTenant(segment: string): string | undefined {
  if (TENANTS[segment]) return segment;
  if (['common', 'organizations', 'consumers'].includes(segment)) return CONTOSO;
  return Object.keys(TENANTS).find((id) => TENANTS[id].domain === segment);
}
