import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { linkModules } from './host-folder';
import { packageJson, root } from './paths';

export interface NocoBaseOptions {
  /** Everything of the application: database, storage, links to its packages. */
  readonly folder: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

export interface RunningNocoBase {
  readonly url: string;
  stop(): Promise<void>;
}

const ADMIN_PASSWORD = 'admin123';
export const ADMIN = { username: 'nocobase', email: 'admin@nocobase.com', password: ADMIN_PASSWORD } as const;

/** A real NocoBase on SQLite in a folder of its own, with the plugin installed from its tarball. */
export class NocoBaseApp {
  constructor(private readonly options: NocoBaseOptions) {}

  get isInstalled(): boolean {
    return fs.existsSync(path.join(this.options.folder, 'installed.json'));
  }

  /** Hash of the tarball that is installed, to know whether it must be replaced. */
  private get installedHash(): string | null {
    const file = path.join(this.options.folder, 'installed.json');
    return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as { hash: string }).hash : null;
  }

  /** Creates the application if there is none, and puts the tarball into it unless it is there already. */
  install(tarball: string, hash: string): void {
    const { folder } = this.options;
    fs.mkdirSync(path.join(folder, 'storage', 'db'), { recursive: true });
    fs.mkdirSync(path.join(folder, 'storage', 'plugins'), { recursive: true });
    linkModules(folder);
    this.writeEnv();
    this.writeYarnStandIn();
    if (this.installedHash === hash) return;
    const isNew = this.installedHash === null;
    if (isNew) this.cli('install');
    // A link to the plugin of the last time would make the CLI load it while it is being replaced.
    fs.rmSync(path.join(folder, 'node_modules', packageJson().name), { recursive: true, force: true });
    this.cli('pm', 'pull', tarball);
    if (isNew) this.cli('pm', 'enable', packageJson().name);
    // Without fetching newer NocoBase code: only migrations and table changes.
    else this.cli('upgrade', '--skip-code-update');
    fs.writeFileSync(path.join(folder, 'installed.json'), JSON.stringify({ hash }));
  }

  async start(onExit: (code: number | null) => void): Promise<RunningNocoBase> {
    const { folder, port } = this.options;
    const log = fs.openSync(path.join(folder, 'nocobase.log'), 'a');
    const child = spawn(process.execPath, [this.cliFile, 'start', '--launch-mode=node'], {
      cwd: folder,
      env: this.environment(),
      stdio: ['ignore', log, log],
      detached: process.platform !== 'win32',
    });
    const url = `http://localhost:${port}`;
    child.once('exit', onExit);
    await untilHealthy(url, child);
    return { url, stop: () => stopGroup(child) };
  }

  private get cliFile(): string {
    const bin = path.join(root, 'node_modules', '.bin', 'nocobase-v1');
    return fs.realpathSync(bin);
  }

  private cli(...args: string[]): void {
    const { status, stdout, stderr } = spawnSync(process.execPath, [this.cliFile, ...args], {
      cwd: this.options.folder,
      env: this.environment(),
      encoding: 'utf8',
    });
    fs.appendFileSync(
      path.join(this.options.folder, 'nocobase.log'),
      `$ nocobase ${args.join(' ')}\n${stdout}\n${stderr}\n`,
    );
    if (status !== 0)
      throw new Error(`nocobase ${args.join(' ')} failed (${status}):\n${(stdout + stderr).slice(-3000)}`);
  }

  private environment(): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _ignored, ...env } = process.env;
    const bin = path.join(this.options.folder, 'bin');
    const modulesBin = path.join(this.options.folder, 'node_modules', '.bin');
    // NocoBase runs with --preserve-symlinks; every module has to be reached through our links, or it exists twice.
    const links = {
      NODE_OPTIONS: '--preserve-symlinks --preserve-symlinks-main',
      APP_PACKAGE_ROOT: path.join(this.options.folder, 'node_modules', '@nocobase', 'app'),
    };
    return {
      ...env,
      ...links,
      ...this.options.env,
      APP_PORT: String(this.options.port),
      PATH: [bin, modulesBin, process.env.PATH ?? ''].join(path.delimiter),
    };
  }

  /** `nocobase install` asks yarn to download commercial plugins. There are none here, and yarn need not be installed. */
  private writeYarnStandIn(): void {
    const bin = path.join(this.options.folder, 'bin');
    fs.mkdirSync(bin, { recursive: true });
    fs.writeFileSync(path.join(bin, 'yarn'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    fs.writeFileSync(path.join(bin, 'yarn.cmd'), '@exit /b 0\r\n');
  }

  private writeEnv(): void {
    const { folder, port } = this.options;
    const file = path.join(folder, '.env');
    const known = fs.existsSync(file) ? /^APP_KEY=(.+)$/m.exec(fs.readFileSync(file, 'utf8'))?.[1] : undefined;
    const settings: Record<string, string> = {
      APP_ENV: 'production',
      APP_KEY: known ?? randomBytes(32).toString('hex'),
      APP_PORT: String(port),
      API_BASE_PATH: '/api/',
      DB_DIALECT: 'sqlite',
      DB_STORAGE: 'storage/db/nocobase.sqlite',
      DB_LOGGING: 'off',
      TELEMETRY_ENABLED: 'off',
      INIT_ROOT_EMAIL: ADMIN.email,
      INIT_ROOT_PASSWORD: ADMIN.password,
      INIT_ROOT_NICKNAME: 'Super Admin',
      INIT_ROOT_USERNAME: ADMIN.username,
    };
    fs.writeFileSync(
      file,
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
      { mode: 0o600 },
    );
    // The CLI's e2e command reads this file at load time and crashes without it.
    fs.writeFileSync(path.join(folder, '.env.e2e.example'), '');
    if (!fs.existsSync(path.join(folder, 'package.json')))
      fs.writeFileSync(path.join(folder, 'package.json'), '{ "name": "email-manager-demo", "private": true }\n');
  }
}

async function untilHealthy(url: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + 180_000;
  while (Date.now() < end) {
    if (child.exitCode !== null)
      throw new Error(`NocoBase ended with ${child.exitCode} while starting; see nocobase.log`);
    const answer = await fetch(`${url}/api/__health_check`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error('NocoBase did not become ready in three minutes; see nocobase.log');
}

/** Ends the CLI and the server it started: they share a process group, and the server outlives the CLI for a while. */
async function stopGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(pid), '/t', '/f']);
    return;
  }
  const signal = (name: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-pid, name);
    } catch {
      return false; // Nobody of the group is left.
    }
  };
  signal('SIGTERM');
  // An open browser tab keeps a socket and with it the server; nobody waits for that.
  for (let waited = 0; waited < 5_000 && signal(0); waited += 100)
    await new Promise((resolve) => setTimeout(resolve, 100));
  signal('SIGKILL');
}

/** Hash of what the plugin is built from, so that an unchanged one is neither packed nor installed again. */
export function sourceHash(): string {
  const hash = createHash('sha256');
  for (const entry of [
    'src',
    'package.json',
    'package-lock.json',
    'scripts/build-client.ts',
    'scripts/build-server.ts',
    'scripts/contract.ts',
    'scripts/pack.ts',
  ])
    addTo(hash, path.join(root, entry));
  return hash.digest('hex');
}

function addTo(hash: ReturnType<typeof createHash>, file: string): void {
  if (fs.statSync(file).isDirectory()) {
    for (const entry of fs.readdirSync(file).sort()) addTo(hash, path.join(file, entry));
  } else {
    hash.update(path.relative(root, file)).update(fs.readFileSync(file));
  }
}
