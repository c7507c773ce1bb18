import fs from 'node:fs';
import https from 'node:https';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { spawn, type ChildProcess } from 'node:child_process';
import type { SandboxAddresses } from '../../sandbox/sandbox';
import { freePorts, isPortInUse } from './free-ports';

const root = path.resolve(__dirname, '../..');
/** Somebody else may take a port between our look and our listening. */
const MOST_TRIES = 5;

export interface TestSandbox {
  readonly addresses: SandboxAddresses;
  /** Where it keeps its files. */
  readonly folder: string;
  control<T = unknown>(name: string, body?: object): Promise<T>;
  stop(): Promise<void>;
}

/** Starts a sandbox for this test file. Its CA is the one that NODE_EXTRA_CA_CERTS of this run names. */
export async function startTestSandbox(edition: 'node' | 'dovecot' = 'node', fill = 0): Promise<TestSandbox> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce(edition, fill);
    } catch (error) {
      if (tries === MOST_TRIES || !isPortInUse(error)) throw error;
    }
  }
}

async function startOnce(edition: 'node' | 'dovecot', fill: number): Promise<TestSandbox> {
  const ca = process.env.NODE_EXTRA_CA_CERTS;
  if (!ca) throw new Error('run the tests through `npm test`: it sets NODE_EXTRA_CA_CERTS');
  // Dovecot's socket names must stay short; certificates are shared, so that one CA serves the whole run.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sb-'));
  fs.cpSync(path.dirname(ca), path.join(folder, 'certificates'), { recursive: true });
  fs.chmodSync(folder, 0o755);
  const port = edition === 'dovecot' ? await freePorts() : 0;
  const args = [
    '--import',
    'tsx',
    path.join(root, 'sandbox/main.ts'),
    '--folder',
    folder,
    '--edition',
    edition,
    '--fill',
    String(fill),
    '--port',
    String(port),
  ];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const addresses = await readAddresses(child);
  return {
    addresses,
    folder,
    control: (name, body = {}) => control(addresses, name, body),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function readAddresses(child: ChildProcess): Promise<SandboxAddresses> {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += String(chunk)));
    child.stdout?.on('data', (chunk: Buffer) => {
      output += String(chunk);
      const line = /^\{.*\}$/m.exec(output);
      if (line) resolve(JSON.parse(line[0]) as SandboxAddresses);
    });
    child.once('exit', (code) => reject(new Error(`the sandbox ended with ${code}: ${errors.slice(-2000)}`)));
  });
}

async function control<T>(addresses: SandboxAddresses, name: string, body: object): Promise<T> {
  const answer = await request(`${addresses.authorityHost}/_sandbox/${name}`, 'POST', JSON.stringify(body), {});
  const parsed = JSON.parse(answer.body) as { ok?: boolean; result: T };
  if (!parsed.ok) throw new Error(`sandbox control ${name}: ${answer.body}`);
  return parsed.result;
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

function request(url: string, method: string, body: string | null, headers: Record<string, string>): Promise<Answer> {
  const client = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    // A connection of its own: one that was kept may have been closed by the sandbox meanwhile.
    const sent = client.request(url, { method, headers, agent: false }, (res) => {
      let text = '';
      res.on('data', (chunk: Buffer) => (text += String(chunk)));
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });
}

export interface Consent {
  readonly upn: string;
  readonly password: string;
  readonly decline?: boolean;
}

/** A person at the sign-in pages without a browser. Answers the redirect back to the application, or the error page. */
export async function consent(
  authorizeUrl: string,
  person: Consent,
  /** A browser that was there before. */
  cookies = new Map<string, string>(),
): Promise<{ redirect: URL | null; errorPage: string | null }> {
  const origin = new URL(authorizeUrl).origin;
  let url = authorizeUrl;
  let form: Record<string, string> | null = null;
  for (let step = 0; step < 20; step += 1) {
    const headers: Record<string, string> = {
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    };
    if (form) headers['content-type'] = 'application/x-www-form-urlencoded';
    const answer = await request(
      url,
      form ? 'POST' : 'GET',
      form ? new URLSearchParams(form).toString() : null,
      headers,
    );
    keepCookies(cookies, answer.headers['set-cookie']);
    form = null;
    if (answer.headers.location) {
      const next = new URL(answer.headers.location, url);
      if (next.origin !== origin) return { redirect: next, errorPage: null };
      url = next.href;
      continue;
    }
    const relay = relayOf(answer.body);
    if (relay) {
      url = new URL(relay.action, url).href;
      form = relay.fields;
      continue;
    }
    form = fillForm(answer.body, person);
    if (!form)
      return {
        redirect: null,
        errorPage: /<p id="error">(.*?)<\/p>/.exec(answer.body)?.[1] ?? answer.body.slice(0, 300),
      };
  }
  throw new Error('the sign-in pages do not end');
}

function fillForm(page: string, { upn, password, decline }: Consent): Record<string, string> | null {
  const title = /<title>(.*?)<\/title>/.exec(page)?.[1] ?? '';
  if (title === 'Pick an account') return { pick: upn };
  if (title === 'Sign in' && !page.includes('AADSTS50126')) return { loginfmt: upn, passwd: password };
  if (title === 'Permissions requested') return decline ? { cancel: '1' } : { accept: '1' };
  if (title === 'Need admin approval') return { cancel: 'admin' };
  return null;
}

function keepCookies(cookies: Map<string, string>, setCookies: readonly string[] = []): void {
  for (const cookie of setCookies) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (/expires=Thu, 01 Jan 1970/i.test(cookie)) cookies.delete(name);
    else cookies.set(name, value);
  }
}

/** A page that sends itself on with a script, as sign-in services do between their steps. */
function relayOf(page: string): { action: string; fields: Record<string, string> } | null {
  if (!page.includes('.submit()')) return null;
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return {
    action: /action="([^"]+)"/.exec(page)?.[1] ?? '',
    fields: Object.fromEntries(fields.map(([, name, value]) => [name, value])),
  };
}
