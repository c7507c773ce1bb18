import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { SandboxAddresses } from '../sandbox/sandbox';
import { root } from './paths';

export interface SandboxProcess {
  readonly addresses: SandboxAddresses;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** What makes a NocoBase trust the sandbox's servers: its certificates, and `localhost` as a host that may be sent secrets. */
export function sandboxEnvironment(caFile: string): Record<string, string> {
  return {
    NODE_EXTRA_CA_CERTS: caFile,
    EMAIL_MANAGER_MAIL_HOSTS: 'localhost',
    EMAIL_MANAGER_SIGN_IN_HOSTS: 'https://localhost',
  };
}

/** Starts the sandbox as a process of its own; it ends with us, since it watches its standard input. */
export async function startSandboxProcess(args: readonly string[]): Promise<SandboxProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(root, 'sandbox/main.ts'), ...args], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + String(chunk)).slice(-4000)));
  const addresses = await new Promise<SandboxAddresses>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += String(chunk);
      const line = /^\{.*\}$/m.exec(output);
      if (line) resolve(JSON.parse(line[0]) as SandboxAddresses);
    });
    child.once('exit', (code) => reject(new Error(`the sandbox ended with ${code}\n${errors}`)));
  });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      if (child.exitCode !== null) return resolve();
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    });
  return { addresses, child, stop };
}
