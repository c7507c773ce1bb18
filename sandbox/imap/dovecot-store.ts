import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ImapFlow } from 'imapflow';
import nodemailer from 'nodemailer';
import type { Certificates } from '../certificates';
import { findUser, USERS } from '../world';
import { dovecotConfig, oauth2Config, type DovecotOptions } from './dovecot-config';
import type { MailStore, SeedMail } from './mail-store';

const DOVECOT = '/usr/sbin/dovecot';

export interface DovecotStore extends MailStore {
  readonly edition: 'dovecot';
  /** TLS port with XOAUTH2 by local JWT check and every extension. */
  readonly imapsPort: number;
  doveadm(...args: string[]): string;
}

export function isDovecotInstalled(): boolean {
  return fs.existsSync(DOVECOT);
}

export interface DovecotStoreOptions {
  readonly folder: string;
  readonly jwtKeys: string;
  readonly certificates: Certificates;
  readonly basePort: number;
}

/** Real mailboxes in an unprivileged Dovecot of our own. As root it runs as nobody. */
export async function startDovecotStore({
  folder,
  jwtKeys,
  certificates,
  basePort,
}: DovecotStoreOptions): Promise<DovecotStore> {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? 'nobody' : execFileSync('id', ['-un'], { encoding: 'utf8' }).trim();
  const group = execFileSync('id', ['-gn', user], { encoding: 'utf8' }).trim();
  const ports = { imap: basePort + 143, imaps: basePort + 993, lmtp: basePort + 24 };
  const options: DovecotOptions = {
    folder,
    user,
    group,
    ports,
    certFile: certificates.certFile,
    keyFile: certificates.keyFile,
    jwtKeys,
  };
  const as = isRoot ? ['setpriv', `--reuid=${user}`, `--regid=${group}`, '--clear-groups'] : [];
  writeFiles(options);
  if (isRoot) execFileSync('chown', ['-R', `${user}:${group}`, folder, jwtKeys, certificates.keyFile]);
  const run = (...command: string[]): string => {
    const [file, ...args] = [...as, ...command];
    // The daemon would keep a pipe of ours open, and we would wait for its end for ever; its log says what went wrong.
    const stdio = command[0] === DOVECOT ? 'ignore' : 'pipe';
    const result = spawnSync(file, args, { encoding: 'utf8', stdio });
    if (result.status !== 0)
      throw new Error(`${command.slice(0, 3).join(' ')}: ${result.stderr ?? ''} ${logTail(folder)}`);
    return result.stdout ?? '';
  };
  const doveadm = (...args: string[]): string => run('doveadm', '-c', `${folder}/dovecot.conf`, ...args);
  run(DOVECOT, '-c', `${folder}/dovecot.conf`);
  // The auth process tries for seconds to reach the switched-off penalty socket: wait here, once.
  doveadm('auth', 'test', USERS[0].upn, USERS[0].password);
  return { ...storeOn(options, doveadm), doveadm, imapsPort: ports.imaps };
}

function writeFiles(options: DovecotOptions): void {
  const { folder } = options;
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(path.join(folder, 'mail'), { recursive: true });
  fs.writeFileSync(
    `${folder}/users`,
    `${USERS.map(({ upn, password }) => `${upn}:{PLAIN}${password}::::::`).join('\n')}\n`,
  );
  fs.writeFileSync(`${folder}/oauth2.conf`, oauth2Config(options));
  fs.writeFileSync(`${folder}/dovecot.conf`, dovecotConfig(options));
}

function storeOn(
  { folder, ports }: DovecotOptions,
  doveadm: (...args: string[]) => string,
): Omit<DovecotStore, 'doveadm' | 'imapsPort'> {
  const lmtp = nodemailer.createTransport({
    host: '127.0.0.1',
    port: ports.lmtp,
    lmtp: true,
    secure: false,
    ignoreTLS: true,
  } as object);
  const append = async (upn: string, mails: readonly SeedMail[]): Promise<void> => {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: ports.imap,
      secure: false,
      doSTARTTLS: false,
      auth: { user: upn, pass: findUser(upn)?.password ?? '' },
      logger: false,
    });
    client.on('error', () => undefined);
    await client.connect();
    const folders = new Set((await client.list()).map((entry) => entry.path));
    for (const { folder: name, raw, flags, receivedAt } of mails) {
      if (!folders.has(name)) await client.mailboxCreate(name);
      folders.add(name);
      await client.append(name, raw, [...flags], receivedAt);
    }
    await client.logout();
  };
  return {
    edition: 'dovecot',
    backend: (upn) => ({
      host: '127.0.0.1',
      port: ports.imap,
      user: upn.toLowerCase(),
      password: findUser(upn)?.password ?? '',
    }),
    deliver: async (upn, raw) =>
      void (await lmtp.sendMail({ envelope: { from: 'sender@sandbox.test', to: [upn] }, raw })),
    fileSent: (upn, raw) => append(upn, [{ folder: 'Sent Items', raw, flags: ['\\Seen'], receivedAt: new Date() }]),
    fill: append,
    close: async () => {
      lmtp.close();
      doveadm('stop');
      for (let tries = 0; tries < 50 && fs.existsSync(`${folder}/base/master.pid`); tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 100));
    },
  };
}

function logTail(folder: string): string {
  const file = `${folder}/log`;
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').slice(-6).join('\n') : '';
}
