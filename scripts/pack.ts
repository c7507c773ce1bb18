import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from './build';
import { packageJson, root, work } from './paths';

/** Fields of package.json that concern only this repository. */
const REPOSITORY_ONLY = ['devDependencies', 'scripts', 'overrides', 'allowScripts', 'files'];

/**
 * Builds and writes the installable tarball to build/. `suffix` makes a version of its own: browsers and NocoBase cache
 * by version, so every tarball that is installed somewhere needs another one.
 * @returns absolute path of the .tgz
 */
export async function pack(suffix = ''): Promise<string> {
  await build();
  const source = packageJson();
  const stage = path.join(work, 'package');
  fs.rmSync(stage, { recursive: true, force: true });
  fs.mkdirSync(stage, { recursive: true });
  for (const entry of source.files as string[]) {
    if (fs.existsSync(path.join(root, entry)))
      fs.cpSync(path.join(root, entry), path.join(stage, entry), { recursive: true });
  }
  const published = Object.fromEntries(Object.entries(source).filter(([key]) => !REPOSITORY_ONLY.includes(key)));
  const version = `${source.version}${suffix}`;
  fs.writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify({ ...published, version }, null, 2)}\n`);
  const target = path.join(root, 'build');
  fs.mkdirSync(target, { recursive: true });
  // Those of the demo and the tests have a version of their own each time; only the newest is of use.
  const made = /-(?:demo|test|e2e)\.\d+\.tgz$/;
  if (made.test(`${version}.tgz`))
    for (const file of fs.readdirSync(target))
      if (made.test(file) && isOld(path.join(target, file))) fs.rmSync(path.join(target, file));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['pack', stage, '--pack-destination', target, '--ignore-scripts', '--silent'], {
    cwd: work,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  return path.join(target, `${source.name}-${version}.tgz`);
}

/** A run beside this one may still be installing a younger one. */
function isOld(file: string): boolean {
  return Date.now() - fs.statSync(file).mtimeMs > 60 * 60_000;
}

if (process.argv[1]?.endsWith('pack.ts')) console.log(await pack());
