import { providerSettings } from '../../sandbox/provider-settings';
import { createTestApp, type Caller, type TestApp } from '../support/app';
import { ALICE, BOB, MONA, accountsOf, beginLink, configureProvider, finishLink } from '../support/linked';
import { consent, startTestSandbox, type TestSandbox } from '../support/sandbox';

let sandbox: TestSandbox;
let app: TestApp;
let alice: Caller;
let bob: Caller;

beforeAll(async () => {
  sandbox = await startTestSandbox('node', 6);
  app = await createTestApp();
  await configureProvider(app, sandbox.addresses);
  alice = await app.user('alice');
  bob = await app.user('bob');
}, 120_000);

afterEach(async () => {
  await sandbox.control('reset');
});

afterAll(async () => {
  await app?.destroy();
  await sandbox?.stop();
});

describe('provider settings', () => {
  afterEach(() => configureProvider(app, sandbox.addresses));
  const testWith = async (more: object) => {
    await configureProvider(app, sandbox.addresses, more);
    return (await app.root.post('/api/emailProviders:test', { name: 'microsoft' })).body;
  };

  it('a good configuration passes', async () => expect((await testWith({})).data).toEqual({ ok: true }));
  it('a wrong client secret is named, with where the right one stands', async () => {
    const { errors } = await testWith({ clientSecret: 'wrong~secret' });
    expect(errors[0]).toMatchObject({
      code: 'EMAIL_CLIENT_SECRET_WRONG',
      message: expect.stringContaining('Certificates & secrets'),
    });
  });
  it('the secret may be a variable of NocoBase, and a missing one is named', async () => {
    const variable = { name: 'OUTLOOK_SECRET', type: 'secret', value: sandbox.addresses.clientSecret };
    expect((await app.root.post('/api/environmentVariables:create', variable)).status).toBe(200);
    expect((await testWith({ clientSecret: '{{$env.OUTLOOK_SECRET}}' })).data).toEqual({ ok: true });
    const { errors } = await testWith({ clientSecret: '{{$env.NO_SUCH_SECRET}}' });
    expect(errors[0]).toMatchObject({
      code: 'EMAIL_ENV_VARIABLE_MISSING',
      message: expect.stringContaining('Variables and secrets'),
    });
  });
  it.each(['a~secret~of~his', '{{$env.OUTLOOK_SECRET}}'])(
    'nor to a sign-in host of his own, with whatever secret: %s',
    async (clientSecret) => {
      const elsewhere = { ...providerSettings(sandbox.addresses), authorityHost: 'https://evil.test', clientSecret };
      for (const action of ['test', 'save'])
        expect((await app.root.post(`/api/emailProviders:${action}`, elsewhere)).body.errors[0]).toMatchObject({
          code: 'EMAIL_SETTING_SIGN_IN_HOST',
          message: expect.stringContaining('EMAIL_MANAGER_SIGN_IN_HOSTS'),
        });
    },
  );
  it.each(['imapHost', 'smtpHost'])(
    'nobody who edits the settings can have the tokens of all mailboxes sent to a host of his own: %s',
    async (field) => {
      const elsewhere = { ...providerSettings(sandbox.addresses), [field]: 'evil.test' };
      for (const action of ['test', 'save'])
        expect((await app.root.post(`/api/emailProviders:${action}`, elsewhere)).body.errors[0]).toMatchObject({
          code: 'EMAIL_SETTING_MAIL_HOST',
          message: expect.stringContaining('EMAIL_MANAGER_MAIL_HOSTS'),
        });
      // What an earlier version let in, or an operator no longer allows, is not used either.
      const { EMAIL_MANAGER_MAIL_HOSTS: hosts } = process.env;
      process.env.EMAIL_MANAGER_MAIL_HOSTS = '';
      try {
        const answer = await app.root.post('/api/emailProviders:test', { name: 'microsoft' });
        expect(answer.body.errors[0].code).toBe('EMAIL_SETTING_MAIL_HOST');
      } finally {
        process.env.EMAIL_MANAGER_MAIL_HOSTS = hosts;
      }
    },
  );
  it('a wrong tenant is named', async () =>
    expect((await testWith({ tenant: 'nowhere.test' })).errors[0]).toMatchObject({
      code: 'EMAIL_TENANT_UNKNOWN',
      message: expect.stringContaining('Overview'),
    }));
  it('an unknown client ID is named', async () =>
    expect((await testWith({ clientId: '00000000-0000-4000-8000-000000000000' })).errors[0].code).toBe(
      'EMAIL_CLIENT_ID_UNKNOWN',
    ));
  it('a sign-in service that does not answer is named', async () =>
    expect((await testWith({ authorityHost: 'https://localhost:9' })).errors[0].code).toBe(
      'EMAIL_AUTHORITY_UNREACHABLE',
    ));
  it('entered values are tried without being saved', async () => {
    const before = (await app.root.get('/api/emailProviders:get?name=microsoft')).body.data;
    const entered = { ...before.settings, name: 'microsoft' };
    const tryOut = async (more: object) =>
      (await app.root.post('/api/emailProviders:test', { ...entered, ...more })).body;
    expect((await tryOut({})).data).toEqual({ ok: true });
    expect((await tryOut({ clientSecret: 'wrong~secret' })).errors[0].code).toBe('EMAIL_CLIENT_SECRET_WRONG');
    expect((await tryOut({ tenant: 'nowhere.test' })).errors[0].code).toBe('EMAIL_TENANT_UNKNOWN');
    expect((await tryOut({ imapPort: 70000 })).errors[0].code).toBe('EMAIL_SETTING_PORT');
    expect((await app.root.get('/api/emailProviders:get?name=microsoft')).body.data).toEqual(before);
  });
  it.each(['emailProviders:test', 'emailProviders:save'])(
    '%s does not send the stored secret to another sign-in host',
    async (action) => {
      const before = (await app.root.get('/api/emailProviders:get?name=microsoft')).body.data;
      const elsewhere = { ...before.settings, name: 'microsoft', authorityHost: 'https://localhost:9' };
      expect((await app.root.post(`/api/${action}`, elsewhere)).body.errors?.[0]).toMatchObject({
        code: 'EMAIL_SETTING_SECRET_AGAIN',
        message: expect.stringContaining('again'),
      });
      expect((await app.root.get('/api/emailProviders:get?name=microsoft')).body.data).toEqual(before);
    },
  );
  it('a redirect URI that is not registered ends on the sign-in page', async () => {
    await configureProvider(app, sandbox.addresses, { publicBaseUrl: 'https://other.example.com' });
    const { errorPage } = await consent((await beginLink(alice)).url, ALICE);
    expect(errorPage).toContain('AADSTS50011');
  });
});

describe('linking', () => {
  it('Q16, Q20: asks for the two rights, with PKCE, a nonce and the choice of an account, bound to this browser', async () => {
    const answer = await alice.post('/api/emailOAuth:begin', { provider: 'microsoft' });
    const url = new URL(answer.body.data.url as string);
    const asked = Object.fromEntries(url.searchParams);
    expect(asked).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      prompt: 'select_account',
      redirect_uri: 'http://localhost:13000/api/emailOAuth:callback',
    });
    expect(asked.scope.split(' ').sort()).toEqual([
      'email',
      'https://outlook.office.com/IMAP.AccessAsUser.All',
      'https://outlook.office.com/SMTP.Send',
      'offline_access',
      'openid',
      'profile',
    ]);
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked[name].length).toBeGreaterThanOrEqual(40);
    const [cookie] = answer.headers['set-cookie'] as unknown as string[];
    expect(cookie).toMatch(/; path=\/api\/emailOAuth:callback;.*; samesite=lax; httponly/i);
    // Nothing of the cookie is in the URL that the sign-in service sees.
    expect(url.href).not.toContain(cookie.split(/[=;]/)[1]);
  });
  it('consent declined', async () => {
    const page = await finishLink(app, await beginLink(alice), { ...ALICE, decline: true });
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('choose Accept')]);
  });
  it('consent that needs an administrator', async () => {
    await configureProvider(app, sandbox.addresses, { tenant: 'fabrikam.test' });
    const page = await finishLink(app, await beginLink(alice), { upn: 'carol@fabrikam.test', password: 'carolpw' });
    await configureProvider(app, sandbox.addresses);
    expect(page.text).toContain('Grant admin consent');
  });
  it('no state', async () =>
    expect((await app.anonymous.get('/api/emailOAuth:callback?code=x')).text).toContain('cannot be opened by itself'));
  it('a state that nobody made', async () =>
    expect((await app.anonymous.get('/api/emailOAuth:callback?code=x&state=abc')).text).toContain(
      'was not started here',
    ));
  it('a state in another browser, and it stays usable in the right one', async () => {
    const begun = await beginLink(alice);
    const { redirect } = await consent(begun.url, MONA);
    const url = `${redirect?.pathname}${redirect?.search}`;
    expect((await app.anonymous.get(url)).text).toContain('another browser');
    expect((await app.anonymous.get(url).set('Cookie', 'email_consent_000000000000=forged')).text).toContain(
      'another browser',
    );
    const right = await app.anonymous.get(url).set('Cookie', begun.cookie);
    expect([right.status, right.text]).toEqual([200, expect.stringContaining('window.close()')]);
    const mona = (await accountsOf(alice)).find((one) => one.address === MONA.upn);
    expect((await alice.post('/api/emailAccounts:unlink', { accountId: mona?.id })).status).toBe(200);
  });
  it('a state used twice', async () => {
    const begun = await beginLink(alice);
    const { redirect } = await consent(begun.url, ALICE);
    const url = `${redirect?.pathname}${redirect?.search}`;
    const both = await Promise.all([
      app.anonymous.get(url).set('Cookie', begun.cookie),
      app.anonymous.get(url).set('Cookie', begun.cookie),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect((await app.anonymous.get(url).set('Cookie', begun.cookie)).text).toContain('has been used already');
  });
  it('a state older than ten minutes', async () => {
    const begun = await beginLink(alice);
    const { redirect } = await consent(begun.url, ALICE);
    const { sequelize } = app.app.db;
    const table = app.app.db.getCollection('emailOauthStates').quotedTableName();
    await sequelize.query(`UPDATE ${table} SET ${sequelize.getQueryInterface().quoteIdentifier('expiresAt')} = 1`);
    expect(
      (await app.anonymous.get(`${redirect?.pathname}${redirect?.search}`).set('Cookie', begun.cookie)).text,
    ).toContain('longer than ten minutes');
  });
  it('Q16: another mailbox than the one to reconnect', async () => {
    const [account] = await accountsOf(alice);
    const page = await finishLink(app, await beginLink(alice, { accountId: account.id }), BOB);
    expect(page.text).toContain('but alice@contoso.test was to be reconnected');
  });
  it('a mailbox that is linked already, picked by mistake for another one', async () => {
    const before = await accountsOf(alice);
    const page = await finishLink(app, await beginLink(alice), ALICE);
    expect(page.text).toContain('alice@contoso.test was linked already');
    expect(page.text).not.toContain('window.close()');
    expect(await accountsOf(alice)).toHaveLength(before.length);
  });
  it('a mailbox that another user has linked', async () => {
    const page = await finishLink(app, await beginLink(bob), ALICE);
    expect(page.text).toContain('already linked by another user');
    expect(await accountsOf(bob)).toEqual([]);
  });
  it('the callback page runs only our script, and cannot be framed', async () => {
    const page = await app.anonymous.get('/api/emailOAuth:callback?error=%3Cscript%3Ealert(1)%3C/script%3E&state=x');
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'nonce-[\w+/=]+'/);
    expect(page.text).not.toContain('<script>alert');
  });
});
