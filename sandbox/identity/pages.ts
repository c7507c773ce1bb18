import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { Interaction } from 'oidc-provider';
import { findUser, TENANTS, USERS } from '../world';
import type { IdentityMemory } from './memory';
import { OFFLINE } from './tenant-provider';

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function html(res: ServerResponse, status: number, title: string, body: string): void {
  res.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  res.end(`<!doctype html><meta charset="utf-8"><title>${title}</title><meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:28em;margin:12vh auto;padding:0 1em}button{font:inherit;padding:.5em 1.2em;margin:.3em 0}input{font:inherit;padding:.4em;width:100%}small{color:#666}</style>
<h2>${title}</h2>${body}<p><small>Sandbox of the email manager. Not Microsoft: nothing leaves this computer.</small>`);
}

export async function readForm(req: IncomingMessage): Promise<Record<string, string>> {
  let raw = '';
  for await (const chunk of req) raw += String(chunk);
  return Object.fromEntries(new URLSearchParams(raw));
}

/** The pages a person meets at the sign-in service: pick an account, password, consent. */
export async function interactionPage(
  req: IncomingMessage,
  res: ServerResponse,
  tenant: string,
  provider: Provider,
  memory: IdentityMemory,
): Promise<void> {
  const interaction = await provider.interactionDetails(req, res);
  if (req.method === 'GET') return showPrompt(res, tenant, interaction, escapeHtml(req.url ?? ''));
  const form = await readForm(req);
  // Somebody else than who is signed in was picked: the password first, as with Entra.
  const signedIn = interaction.session?.accountId;
  if (form.pick && signedIn && findUser(form.pick)?.oid !== signedIn)
    return showLogin(res, form.pick, `<form method="post" action="${escapeHtml(req.url ?? '')}">`);
  const result = await answerPrompt(form, tenant, interaction, provider, memory);
  if (!result)
    return html(
      res,
      200,
      'Sign in',
      `<p id="error">AADSTS50126: Your account or password is incorrect.</p><a href="">Try again</a>`,
    );
  await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: !('error' in result) });
}

function showPrompt(res: ServerResponse, tenant: string, interaction: Interaction, action: string): void {
  const form = `<form method="post" action="${action}">`;
  switch (interaction.prompt.name) {
    case 'select_account': {
      const users = USERS.filter((user) => user.tenant === tenant);
      const buttons = users.map(
        ({ upn, name }) =>
          `${form}<input type="hidden" name="pick" value="${upn}"><button>${escapeHtml(name)} — ${upn}</button></form>`,
      );
      return html(res, 200, 'Pick an account', buttons.join(''));
    }
    case 'login':
      return showLogin(res, interaction.lastSubmission?.pick ?? interaction.params.login_hint ?? '', form);
    default:
      return showConsent(res, tenant, interaction, form);
  }
}

function showLogin(res: ServerResponse, who: string, form: string): void {
  const hint = escapeHtml(who);
  const password = findUser(who)?.password ?? '';
  const fields = `<p><label>Email<input name="loginfmt" value="${hint}"></label><p><label>Password<input name="passwd" type="password" value="${password}"></label>`;
  html(res, 200, 'Sign in', `${form}${fields}<p><button>Sign in</button></form>`);
}

function showConsent(res: ServerResponse, tenant: string, { prompt, session }: Interaction, form: string): void {
  if (!TENANTS[tenant].usersMayConsent) {
    const body = `<p id="error">AADSTS90094: This app needs permission to access resources in your organization that only an admin can grant.</p>${form}<input type="hidden" name="cancel" value="admin"><button>Return to the application without granting consent</button></form>`;
    return html(res, 200, 'Need admin approval', body);
  }
  const rights = Object.values(prompt.details.missingResourceScopes ?? {}).flat();
  const list = [...rights, 'Maintain access to data you have given it access to'].map(
    (right) => `<li>${escapeHtml(right)}</li>`,
  );
  const buttons = `${form}<button name="accept" value="1">Accept</button> <button name="cancel" value="1">Cancel</button></form>`;
  html(
    res,
    200,
    'Permissions requested',
    `<p>${findUser(session?.accountId)?.upn ?? ''}</p><ul>${list.join('')}</ul>${buttons}`,
  );
}

async function answerPrompt(
  form: Record<string, string>,
  tenant: string,
  interaction: Interaction,
  provider: Provider,
  memory: IdentityMemory,
): Promise<object | null> {
  if (form.cancel) return declined(form.cancel === 'admin');
  switch (interaction.prompt.name) {
    case 'select_account':
      return form.loginfmt === undefined
        ? { select_account: {}, pick: form.pick }
        : withLogin(form, tenant, { select_account: {} });
    case 'login':
      return withLogin(form, tenant, {});
    default:
      return { consent: { grantId: await grantRights(interaction, provider, memory) } };
  }
}

function withLogin(form: Record<string, string>, tenant: string, more: object): object | null {
  const user = findUser(form.loginfmt);
  const isRight = user && user.tenant === tenant && user.password === form.passwd;
  return isRight ? { ...more, login: { accountId: user.oid, amr: ['pwd'] } } : null;
}

function declined(byPolicy: boolean): object {
  const description = byPolicy
    ? 'AADSTS90094: An administrator of the organization has set a policy that prevents you from granting the app the permissions it is requesting.'
    : 'AADSTS65004: User declined to consent to access the app.';
  return { error: 'access_denied', error_description: description };
}

async function grantRights(interaction: Interaction, provider: Provider, memory: IdentityMemory): Promise<string> {
  const accountId = interaction.session?.accountId ?? '';
  const clientId = interaction.params.client_id;
  const known = interaction.grantId ? await provider.Grant.find(interaction.grantId) : undefined;
  const grant = known ?? new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(`openid profile email ${OFFLINE}`);
  const consent = memory.consents.get(`${clientId}|${accountId}`) ?? new Set<string>();
  memory.consents.set(`${clientId}|${accountId}`, consent);
  for (const [resource, rights] of Object.entries(interaction.prompt.details.missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, rights.join(' '));
    rights.forEach((right) => consent.add(right));
  }
  return grant.save();
}
