import {
  assertMailHosts,
  assertSignInHost,
  completeSettings,
  isEnvTemplate,
  parseSettings,
} from '../provider-settings';

const good = { clientId: ' 9999-8888 \n' };
const codeOf = (input: object): string => {
  try {
    parseSettings({ ...good, ...input });
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

it('trims what was pasted', () =>
  expect(parseSettings({ ...good, smtpHost: ' smtp.x.test\r\n', tenant: ' common ' })).toMatchObject({
    clientId: '9999-8888',
    smtpHost: 'smtp.x.test',
    tenant: 'common',
  }));
it.each([
  [{ clientId: '' }, 'EMAIL_SETTING_CLIENT_ID'],
  [{ clientId: 'a b' }, 'EMAIL_SETTING_CLIENT_ID'],
  [{ clientId: '{{$env.SECRET}}' }, 'EMAIL_SETTING_CLIENT_ID'],
  [{ tenant: 'not a tenant' }, 'EMAIL_SETTING_TENANT'],
  [{ tenant: '../x' }, 'EMAIL_SETTING_TENANT'],
  [{ authorityHost: 'http://login.x.test' }, 'EMAIL_SETTING_URL'],
  [{ authorityHost: 'https://login.x.test/path' }, 'EMAIL_SETTING_URL'],
  [{ authorityHost: 'https://user@login.x.test' }, 'EMAIL_SETTING_URL'],
  [{ imapHost: 'https://imap.x.test' }, 'EMAIL_SETTING_HOST'],
  [{ imapHost: 'imap.x.test:993' }, 'EMAIL_SETTING_HOST'],
  [{ smtpPort: 70000 }, 'EMAIL_SETTING_PORT'],
  [{ smtpPort: 'x' }, 'EMAIL_SETTING_PORT'],
  [{ pollMinutes: 0 }, 'EMAIL_SETTING_POLL'],
  [{ cloud: 'usgov' }, 'EMAIL_INVALID_INPUT'],
  [{ cloud: 'constructor' }, 'EMAIL_INVALID_INPUT'],
  [{ cloud: 7 }, 'EMAIL_INVALID_INPUT'],
])('refuses %j', (input, code) => expect(codeOf(input)).toBe(code));
it.each([
  [{ tenant: 'contoso.com' }, { tenant: 'contoso.com' }],
  [{ tenant: '11111111-aaaa-4aaa-8aaa-000000000001' }, { tenant: '11111111-aaaa-4aaa-8aaa-000000000001' }],
  [{ authorityHost: 'https://localhost:8443/' }, { authorityHost: 'https://localhost:8443' }],
  [{ publicBaseUrl: 'http://crm.local:3000' }, { publicBaseUrl: 'http://crm.local:3000' }],
  [
    { imapPort: '', smtpPort: '2525' },
    { imapPort: null, smtpPort: 2525 },
  ],
  [{ cloud: '' }, { cloud: 'global' }],
])('takes %j', (input, stored) => expect(parseSettings({ ...good, ...input })).toMatchObject(stored));

it.each([
  ['global', 'login.microsoftonline.com', 'graph.microsoft.com', 'outlook.office365.com', 'smtp.office365.com'],
  ['usGovL4', 'login.microsoftonline.us', 'graph.microsoft.us', 'outlook.office365.us', 'smtp.office365.us'],
  [
    'usGovL5',
    'login.microsoftonline.us',
    'dod-graph.microsoft.us',
    'outlook-dod.office365.us',
    'outlook-dod.office365.us',
  ],
  [
    'china',
    'login.partner.microsoftonline.cn',
    'microsoftgraph.chinacloudapi.cn',
    'partner.outlook.cn',
    'smtp.partner.outlook.cn',
  ],
])('knows every host of the cloud %s', (cloud, authority, graph, imapHost, smtpHost) => {
  const stored = parseSettings({ ...good, cloud });
  expect(completeSettings('microsoft', stored, 's', () => undefined)).toMatchObject({
    authorityHost: `https://${authority}`,
    graphHost: `https://${graph}`,
    imapHost,
    smtpHost,
  });
});

it('blank means the default of the cloud', () => {
  const stored = parseSettings({ ...good, cloud: 'china', imapHost: '  ' });
  expect(completeSettings('microsoft', stored, 's', () => undefined)).toMatchObject({
    authorityHost: 'https://login.partner.microsoftonline.cn',
    imapHost: 'partner.outlook.cn',
    imapPort: 993,
    smtpPort: 587,
    tenant: 'common',
    outlookResource: 'https://partner.outlook.cn',
  });
});
it('renders variables when they are used, and says when one is missing', () => {
  const stored = parseSettings({ clientId: 'id' });
  expect(isEnvTemplate('{{ $env.SECRET }}')).toBe(true);
  expect(
    completeSettings('m', stored, '{{$env.SECRET}}', (template) => ({ '{{$env.SECRET}}': ' s ' })[template]),
  ).toMatchObject({ clientId: 'id', clientSecret: 's' });
  expect(() => completeSettings('m', stored, '{{$env.SECRET}}', () => undefined)).toThrow('EMAIL_ENV_VARIABLE_MISSING');
});

it('secrets go to no sign-in host but those of the clouds and of the operator', () => {
  const to = (authorityHost: string) => () =>
    assertSignInHost(parseSettings({ ...good, authorityHost }), ['https://login.mine.test', 'https://other.test:8443']);
  for (const host of [
    '',
    'https://login.microsoftonline.us',
    'https://login.mine.test',
    'https://login.mine.test:444',
    'https://other.test:8443',
  ])
    expect(to(host)).not.toThrow();
  for (const host of [
    'https://evil.test',
    'https://login.mine.test.evil.test',
    'https://other.test',
    'https://other.test:8444',
  ])
    expect(to(host)).toThrow('EMAIL_SETTING_SIGN_IN_HOST');
});

it('access tokens go to no mail host but those of the clouds and of the operator', () => {
  const to = (hosts: object) => () => assertMailHosts(parseSettings({ ...good, ...hosts }), ['mail.mine.test']);
  expect(to({ imapHost: '', smtpHost: '' })).not.toThrow();
  expect(to({ imapHost: 'Outlook.Office365.com', smtpHost: 'smtp.office365.us' })).not.toThrow();
  expect(to({ imapHost: 'mail.mine.test', smtpHost: 'MAIL.mine.test' })).not.toThrow();
  for (const hosts of [
    { imapHost: 'localhost', smtpHost: '' },
    { imapHost: '', smtpHost: 'evil.test' },
    { imapHost: 'outlook.office365.com.evil.test' },
  ])
    expect(to(hosts)).toThrow('EMAIL_SETTING_MAIL_HOST');
});
