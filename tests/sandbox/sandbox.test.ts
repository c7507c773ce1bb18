import { createHash, randomBytes } from 'node:crypto';
import { ImapFlow } from 'imapflow';
import nodemailer from 'nodemailer';
import { isDovecotInstalled } from '../../sandbox/imap/dovecot-store';
import { until } from '../support/until';
import { consent, startTestSandbox, type TestSandbox } from '../support/sandbox';

/** The stand-in, asked by clients that know nothing of us: imapflow, nodemailer and plain HTTP. */
const EDITIONS = isDovecotInstalled() ? (['node', 'dovecot'] as const) : (['node'] as const);
if (EDITIONS.length === 1) process.stderr.write('LEFT OUT: the sandbox on Dovecot, which is not installed\n');

const REDIRECT = 'http://localhost:13000/api/emailOAuth:callback';
const SCOPES =
  'offline_access openid profile https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send';
const ALICE = { upn: 'alice@contoso.test', password: 'alicepw' };
const BOB = { upn: 'bob@contoso.test', password: 'bobpw' };

describe.each(EDITIONS)('the sandbox, edition %s', (edition) => {
  let sandbox: TestSandbox;
  const tokens: Record<string, string> = {};

  const discovery = async (tenant: string) =>
    (await (
      await fetch(`${sandbox.addresses.authorityHost}/${tenant}/v2.0/.well-known/openid-configuration`)
    ).json()) as {
      authorization_endpoint: string;
      token_endpoint: string;
    };
  const redeem = async (more: Record<string, string>) => {
    const { token_endpoint } = await discovery('common');
    const { clientId, clientSecret } = sandbox.addresses;
    const form = { client_id: clientId, client_secret: clientSecret, redirect_uri: REDIRECT, ...more };
    const answer = await fetch(token_endpoint, { method: 'POST', body: new URLSearchParams(form) });
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  };
  const authorize = async (person: { upn: string; password: string }, browser?: Map<string, string>, prompt = '') => {
    const verifier = randomBytes(32).toString('base64url');
    const url = new URL((await discovery('common')).authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: sandbox.addresses.clientId,
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: SCOPES,
      state: 's',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...(prompt && { prompt }),
    }).toString();
    const { redirect } = await consent(url.href, person, browser);
    return { code: redirect?.searchParams.get('code') ?? '', verifier };
  };
  const imap = async (user: string, accessToken: string) => {
    const client = new ImapFlow({
      host: 'localhost',
      port: sandbox.addresses.imapPort,
      secure: true,
      auth: { user, accessToken, loginMethod: 'AUTH=XOAUTH2' },
      logger: false,
      disableAutoEnable: true,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const subjects = async (user: string, folder: string): Promise<(string | undefined)[]> => {
    const client = await imap(user, tokens[user]);
    try {
      await client.mailboxOpen(folder);
      const all = await client.fetchAll('1:*', { envelope: true }).catch(() => []);
      return all.map((message) => message.envelope?.subject);
    } finally {
      client.close();
    }
  };
  const send = (from: string, to: string, subject: string) =>
    nodemailer
      .createTransport({
        host: 'localhost',
        port: sandbox.addresses.smtpPort,
        requireTLS: true,
        auth: { type: 'OAuth2', user: ALICE.upn, accessToken: tokens[ALICE.upn] },
      })
      .sendMail({ from, to, subject, text: 'x' });

  beforeAll(async () => {
    sandbox = await startTestSandbox(edition, 20);
    for (const person of [ALICE, BOB]) {
      const { code, verifier } = await authorize(person);
      const { body } = await redeem({ grant_type: 'authorization_code', code, code_verifier: verifier });
      tokens[person.upn] = body.access_token;
    }
  }, 60_000);
  afterEach(() => sandbox.control('reset'));
  afterAll(() => sandbox?.stop());

  it('shows people a page without certificate warning, and hands out tokens over TLS only', async () => {
    const { authorization_endpoint, token_endpoint } = await discovery('common');
    expect([new URL(authorization_endpoint).origin.split(':', 2).join(':'), new URL(token_endpoint).protocol]).toEqual([
      'http://localhost',
      'https:',
    ]);
  });

  it('lets somebody who is signed in pick another account', async () => {
    const browser = new Map<string, string>();
    const refreshTokens: string[] = [];
    for (const person of [ALICE, BOB, BOB, ALICE]) {
      const { code, verifier } = await authorize(person, browser, 'select_account');
      const { body } = await redeem({ grant_type: 'authorization_code', code, code_verifier: verifier });
      const [, claims] = body.id_token.split('.');
      expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ preferred_username: person.upn });
      refreshTokens.push(body.refresh_token);
    }
    for (const token of refreshTokens)
      expect((await redeem({ grant_type: 'refresh_token', refresh_token: token, scope: SCOPES })).status).toBe(200);
  });

  it('says what is wrong in Entra’s numbers', async () => {
    const { code, verifier } = await authorize(ALICE);
    const grant = { grant_type: 'authorization_code', code, code_verifier: verifier };
    expect((await redeem({ ...grant, client_secret: 'wrong' })).body.error_description).toMatch(/^AADSTS7000215/);
    expect((await redeem({ ...grant, client_id: randomBytes(4).toString('hex') })).body.error_description).toMatch(
      /^AADSTS700016/,
    );
    expect((await redeem({ ...grant, code_verifier: 'x'.repeat(43) })).body.error).toBe('invalid_grant');
  });

  it('takes a code once', async () => {
    const { code, verifier } = await authorize(ALICE);
    const grant = { grant_type: 'authorization_code', code, code_verifier: verifier };
    expect((await redeem(grant)).status).toBe(200);
    expect((await redeem(grant)).body.error).toBe('invalid_grant');
  });

  it('lets a token into its own mailbox only', async () => {
    const client = await imap(ALICE.upn, tokens[ALICE.upn]);
    client.close();
    await expect(imap(BOB.upn, tokens[ALICE.upn])).rejects.toMatchObject({ authenticationFailed: true });
    await expect(imap(ALICE.upn, `${tokens[ALICE.upn]}x`)).rejects.toMatchObject({ authenticationFailed: true });
  });

  it('has the capabilities of Exchange and refuses the others', async () => {
    const client = await imap(ALICE.upn, tokens[ALICE.upn]);
    const has = (name: string) => client.capabilities.has(name);
    expect(['IDLE', 'UIDPLUS', 'MOVE', 'CONDSTORE', 'QRESYNC', 'SPECIAL-USE'].map(has)).toEqual([
      ...[true, true, true, false, false, false],
    ]);
    const folders = (await client.list()).map((folder) => folder.path).sort();
    expect(folders).toEqual(['Archive', 'Deleted Items', 'Drafts', 'INBOX', 'Junk Email', 'Sent Items']);
    client.close();
  });

  it('delivers what is submitted, files a copy, and refuses another sender', async () => {
    await send(ALICE.upn, BOB.upn, `across ${edition}`);
    await until('the mail', async () => (await subjects(BOB.upn, 'INBOX')).includes(`across ${edition}`));
    expect(await subjects(ALICE.upn, 'Sent Items')).toContain(`across ${edition}`);
    await expect(send(BOB.upn, BOB.upn, 'forged')).rejects.toMatchObject({ responseCode: 554 });
  });

  it('bounces what nobody can get', async () => {
    await send(ALICE.upn, 'nobody@contoso.test', 'into the void');
    await until('the bounce', async () =>
      (await subjects(ALICE.upn, 'INBOX')).includes('Undeliverable: into the void'),
    );
  });

  it('fails as it is told', async () => {
    await sandbox.control('fault', { where: 'smtp', match: { stage: 'auth' }, answer: 'authDisabled', times: 1 });
    await expect(send(ALICE.upn, BOB.upn, 'x')).rejects.toMatchObject({ response: expect.stringContaining('5.7.139') });
    await sandbox.control('fault', { where: 'imap', match: { stage: 'list' }, answer: 'TAG NO not now', times: 1 });
    const client = await imap(ALICE.upn, tokens[ALICE.upn]);
    await expect(client.list()).rejects.toMatchObject({ responseText: 'not now' });
    client.close();
  });
});
