import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { certificates, type Certificates } from './certificates';
import { Faults, type Fault } from './faults';
import { composeMailbox } from './fill/compose';
import { checkToken, issueToken, signingKey, type SigningKey } from './identity/keys';
import { json, startIdentityServer, type IdentityServer } from './identity/server';
import { isDovecotInstalled, startDovecotStore } from './imap/dovecot-store';
import { startGateway, type Gateway } from './imap/gateway';
import type { MailStore } from './imap/mail-store';
import { startNodeStore } from './imap/node-store';
import { readState, restoreState, saveState } from './state-file';
import { startSubmission, type Submission } from './smtp/submission';
import { APP, findUser, RESOURCES, USERS } from './world';

export interface SandboxOptions {
  readonly edition: 'node' | 'dovecot';
  /** Keys, certificates and Dovecot's files. */
  readonly folder: string;
  /** First of a range of ports; 0 lets the system choose where it can. */
  readonly basePort: number;
  /** Mails to put into the mailboxes of alice and bob. */
  readonly fill: number;
  /** Where to keep mailboxes and consents over a restart; null forgets them. */
  readonly stateFile: string | null;
}

/** Where everything listens, and the settings that lead the plugin there. */
export interface SandboxAddresses {
  readonly authorityHost: string;
  readonly imapPort: number;
  readonly smtpPort: number;
  readonly dovecotPort: number | null;
  readonly caFile: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly users: readonly { upn: string; password: string }[];
}

export interface Sandbox {
  readonly addresses: SandboxAddresses;
  close(): Promise<void>;
}

interface Parts {
  readonly faults: Faults;
  readonly store: MailStore;
  readonly gateway: Gateway;
  readonly submission: Submission;
  /** Started last, since it answers the controls of the others. */
  identity: IdentityServer | null;
  readonly settings: { rewriteMessageId: boolean };
  readonly issueToken: (upn: string) => string;
}

/** Microsoft's stand-in on loopback: sign-in service, IMAP and SMTP submission, with mailboxes behind them. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  if (options.edition === 'dovecot' && !isDovecotInstalled()) throw new Error('Dovecot is not installed');
  const certs = await certificates(path.join(options.folder, 'certificates'));
  const key = signingKey(path.join(options.folder, 'identity'));
  const store = await openStore(options, certs);
  return startAround(options, certs, key, store).catch(async (error: unknown) => {
    // Dovecot is a process of its own: nobody would end it.
    await store.close();
    throw error;
  });
}

async function startAround(
  options: SandboxOptions,
  certs: Certificates,
  key: SigningKey,
  store: MailStore,
): Promise<Sandbox> {
  const port = (offset: number): number => (options.basePort ? options.basePort + offset : 0);
  const parts = await startMailServers(certs, key, store, port);
  const control = (req: IncomingMessage, res: ServerResponse, name: string) => answerControl(req, res, name, parts);
  const ports = { httpsPort: port(443), httpPort: port(80) };
  const identity = await startIdentityServer({ certificates: certs, key, faults: parts.faults, ...ports, control });
  parts.identity = identity;
  const stopSaving = await fillOrRestore(options, identity, store);
  return {
    addresses: addressesOf(parts, identity, certs),
    close: async () => {
      stopSaving();
      await Promise.all([identity.close(), parts.gateway.close(), parts.submission.close()]);
      await store.close();
    },
  };
}

function openStore({ edition, folder, basePort }: SandboxOptions, certs: Certificates): Promise<MailStore> {
  if (edition === 'node') return startNodeStore();
  const jwtKeys = path.join(folder, 'identity', 'jwtkeys');
  return startDovecotStore({
    folder: path.join(folder, 'dovecot'),
    jwtKeys,
    certificates: certs,
    basePort: basePort || 21_000,
  });
}

async function startMailServers(
  certs: Certificates,
  key: SigningKey,
  store: MailStore,
  port: (offset: number) => number,
): Promise<Parts> {
  const faults = new Faults();
  const settings = { rewriteMessageId: false };
  const check = (token: string) => checkToken(token, key, RESOURCES.outlook);
  const authenticate = (user: string, token: string) => {
    const claims = check(token);
    const isOwn = claims.upn.toLowerCase() === user.toLowerCase() && /\bIMAP\.AccessAsUser\.All\b/.test(claims.scp);
    if (!isOwn || !findUser(user)) throw new Error('not this mailbox');
    return store.backend(claims.upn);
  };
  const gateway = await startGateway({ certificates: certs, port: port(994), faults, authenticate });
  const rewriteMessageId = () => settings.rewriteMessageId;
  const submission = await startSubmission({
    certificates: certs,
    port: port(587),
    faults,
    store,
    checkToken: check,
    rewriteMessageId,
  });
  return { faults, store, gateway, submission, settings, identity: null, issueToken: (upn) => tokenFor(upn, key) };
}

function tokenFor(upn: string, key: SigningKey): string {
  const user = findUser(upn);
  if (!user) throw new Error(`nobody is called ${upn}`);
  const { oid, tenant } = user;
  const scp = 'IMAP.AccessAsUser.All SMTP.Send';
  const exp = Math.floor(Date.now() / 1000) + 3900;
  return issueToken(key, { upn, oid, scp, aud: RESOURCES.outlook, iss: `https://sts.windows.net/${tenant}/`, exp });
}

/** Puts mail into the mailboxes; answers how to end the regular saving. */
async function fillOrRestore(
  { stateFile, fill }: SandboxOptions,
  identity: IdentityServer,
  store: MailStore,
): Promise<() => void> {
  const state = readState(stateFile);
  if (state) await restoreState(state, identity.memory, store);
  else if (fill > 0) await fillMailboxes(store, fill);
  const { dump } = store;
  if (!stateFile || !dump) return () => undefined;
  const save = (): void => saveState(stateFile, identity.memory, dump);
  const timer = setInterval(save, 10_000);
  return () => {
    clearInterval(timer);
    save();
  };
}

function addressesOf(
  { gateway, submission, store }: Parts,
  identity: IdentityServer,
  certs: Certificates,
): SandboxAddresses {
  return {
    authorityHost: identity.origin,
    imapPort: gateway.port,
    smtpPort: submission.port,
    dovecotPort: 'imapsPort' in store ? (store.imapsPort as number) : null,
    caFile: certs.caFile,
    clientId: APP.clientId,
    clientSecret: APP.clientSecret,
    users: USERS.slice(0, 3).map(({ upn, password }) => ({ upn, password })),
  };
}

async function fillMailboxes(store: MailStore, count: number): Promise<void> {
  for (const [index, { upn, name }] of USERS.slice(0, 2).entries()) {
    await store.fill(upn, await composeMailbox([name, upn], count, index + 1, new Date()));
  }
}

/** Test controls below `/_sandbox/`, JSON in and out. */
async function answerControl(req: IncomingMessage, res: ServerResponse, name: string, parts: Parts): Promise<void> {
  let raw = '';
  for await (const chunk of req) raw += String(chunk);
  const body = (raw ? JSON.parse(raw) : {}) as Record<string, unknown>;
  const actions: Record<string, () => unknown> = {
    fault: () => parts.faults.add(body as unknown as Fault),
    reset: () => {
      parts.faults.clear();
      parts.settings.rewriteMessageId = false;
      parts.identity?.setTokenLifetime(3900);
    },
    forget: () => parts.identity?.memory.clear(),
    revoke: () => parts.identity?.memory.revokeTokensOf(String(body.upn), String(body.code ?? 'AADSTS50173')),
    settings: () => {
      if (body.rewriteMessageId !== undefined) parts.settings.rewriteMessageId = Boolean(body.rewriteMessageId);
      if (body.tokenSeconds) parts.identity?.setTokenLifetime(Number(body.tokenSeconds));
    },
    deliver: () => parts.store.deliver(String(body.upn), Buffer.from(String(body.raw), 'latin1')),
    put: () =>
      parts.store.fill(String(body.upn), [
        {
          folder: String(body.folder),
          raw: Buffer.from(String(body.raw), 'latin1'),
          flags: (body.flags as string[]) ?? [],
          receivedAt: new Date(String(body.receivedAt ?? new Date().toISOString())),
        },
      ]),
    backend: () => parts.store.backend(String(body.upn)),
    token: () => parts.issueToken(String(body.upn)),
    drop: () => parts.gateway.dropAll(String(body.text ?? '* BYE Connection is closed. 13\r\n')),
    connections: () => parts.gateway.connectionsOf(String(body.upn)),
    accepted: () =>
      parts.submission.accepted.map(({ from, to, raw: mail }) => ({ from, to, raw: mail.toString('latin1') })),
  };
  if (!actions[name]) return json(res, 404, { error: `no such control: ${name}` });
  json(res, 200, { ok: true, result: (await actions[name]()) ?? null });
}
