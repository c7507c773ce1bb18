import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { TestSandbox } from '../tests/support/sandbox';

/** Puts `count` mails into the inboxes of people who have not logged in yet. Written as Dovecot would: sizes in the names, so that it need not read them. */
export function fillMaildirs(sandbox: TestSandbox, people: readonly string[], count: number): void {
  const mailboxes = path.join(sandbox.folder, 'dovecot', 'mail');
  for (const upn of people) fillOne(path.join(mailboxes, upn, 'Maildir'), upn, count);
  if (process.getuid?.() === 0) execFileSync('chown', ['-R', '--reference', mailboxes, mailboxes]);
}

/** The same for one inbox, whatever the format in which the sandbox keeps mail. */
export function importMails(sandbox: TestSandbox, upn: string, count: number): void {
  const folder = path.join(sandbox.folder, 'dovecot', 'import');
  fillOne(folder, upn, count);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) execFileSync('chown', ['-R', '--reference', path.dirname(folder), folder]);
  const as = isRoot ? ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'] : [];
  const config = path.join(sandbox.folder, 'dovecot', 'dovecot.conf');
  const [file, ...args] = [...as, 'doveadm', '-c', config, 'import', '-u', upn, `maildir:${folder}`, '', 'ALL'];
  execFileSync(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  fs.rmSync(folder, { recursive: true });
}

function fillOne(folder: string, upn: string, count: number): void {
  const cur = path.join(folder, 'cur');
  for (const one of ['cur', 'new', 'tmp']) fs.mkdirSync(path.join(folder, one), { recursive: true });
  for (let at = 0; at < count; at += 1) {
    const raw = `From: a${at % 500}@x.test\r\nTo: ${upn}\r\nSubject: mail ${at}\r\nMessage-ID: <m${at}.${upn}>\r\n\r\nhello\r\n`;
    const name = `${1_700_000_000 + at}.M${at}P1.bench,S=${raw.length},W=${raw.length}:2,${at % 20 === 0 ? '' : 'S'}`;
    fs.writeFileSync(path.join(cur, name), raw);
  }
}
