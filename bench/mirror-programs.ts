import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Person } from '../tests/support/linked';
import type { Measured } from './report';

interface Program {
  readonly name: string;
  readonly command: (folder: string, port: number, person: Person, ca: string) => readonly string[];
}

/** Programs that copy a mailbox to files and do nothing else. */
const PROGRAMS: readonly Program[] = [
  {
    name: 'mbsync',
    command: (folder, port, person, ca) => {
      const config = `IMAPAccount a\nHost localhost\nPort ${port}\nUser ${person.upn}\nPass ${person.password}\nSSLType IMAPS\nCertificateFile ${ca}\n
IMAPStore far\nAccount a\n\nMaildirStore near\nPath ${folder}/mail/\nInbox ${folder}/mail/INBOX\n
Channel all\nFar :far:INBOX\nNear :near:INBOX\nSync Pull\nCreate Near\nSyncState ${folder}/state/\n`;
      fs.mkdirSync(`${folder}/mail`);
      fs.mkdirSync(`${folder}/state`);
      fs.writeFileSync(`${folder}/mbsyncrc`, config);
      return ['mbsync', '-q', '-c', `${folder}/mbsyncrc`, 'all'];
    },
  },
  {
    name: 'offlineimap',
    command: (folder, port, person, ca) => {
      const config = `[general]\naccounts = a\nmetadata = ${folder}/meta\n[Account a]\nlocalrepository = l\nremoterepository = r\n[Repository l]\ntype = Maildir\nlocalfolders = ${folder}/mail
[Repository r]\ntype = IMAP\nremotehost = localhost\nremoteport = ${port}\nremoteuser = ${person.upn}\nremotepass = ${person.password}\nssl = yes\nsslcacertfile = ${ca}\nreadonly = True\nfolderfilter = lambda name: name == 'INBOX'\n`;
      fs.writeFileSync(`${folder}/offlineimaprc`, config);
      return ['offlineimap', '-o', '-u', 'quiet', '-c', `${folder}/offlineimaprc`];
    },
  },
];

/** Of one round, by the program's name; null where it is not installed. */
export type Mirrors = ReadonlyMap<string, Measured | null>;

/** Time, CPU and memory of each program that is installed; those that are not are named. */
export function mirrorPrograms(port: number, person: Person, ca: string): Mirrors {
  return new Map(PROGRAMS.map((program) => [program.name, run(program, port, person, ca)]));
}

function run(program: Program, port: number, person: Person, ca: string): Measured | null {
  if (spawnSync(program.name, ['--version']).error) return null;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mirror-'));
  const command = program.command(folder, port, person, ca);
  const started = performance.now();
  const { status, stderr } = spawnSync('/usr/bin/time', ['-f', 'TIME %U %S %M', ...command], { encoding: 'utf8' });
  const ms = performance.now() - started;
  const [, user, system, kilobytes] = /TIME ([\d.]+) ([\d.]+) (\d+)/.exec(stderr) ?? [];
  fs.rmSync(folder, { recursive: true, force: true });
  if (status !== 0) throw new Error(`${program.name}: ${stderr.slice(-500)}`);
  return { ms, cpuSeconds: Number(user) + Number(system), peakMb: Number(kilobytes) / 1024 };
}
