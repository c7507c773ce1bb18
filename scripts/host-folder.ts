import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { packageJson, root } from './paths';

/**
 * A `node_modules` folder of its own whose entries lead to the repository's: NocoBase links plugins into the folder it
 * runs from, and two applications of ours must not link over each other.
 */
export function linkModules(folder: string): string {
  const target = path.join(folder, 'node_modules');
  fs.mkdirSync(target, { recursive: true });
  linkEntries(path.join(root, 'node_modules'), target);
  // The CLI rewrites a file in .bin; it must be our link, not the repository's file.
  fs.rmSync(path.join(target, '.bin'), { recursive: true, force: true });
  fs.mkdirSync(path.join(target, '.bin'));
  linkEntries(path.join(root, 'node_modules', '.bin'), path.join(target, '.bin'));
  return target;
}

function linkEntries(from: string, to: string): void {
  for (const entry of fs.readdirSync(from)) {
    const link = path.join(to, entry);
    if (entry === packageJson().name || entry === '.cache') continue;
    if (!fs.existsSync(link)) {
      fs.rmSync(link, { force: true });
      fs.symlinkSync(path.join(from, entry), link, process.platform === 'win32' ? 'junction' : undefined);
    }
  }
}

/** Unpacks a tarball as an installed package. */
export function unpackInto(modules: string, tarball: string): string {
  const target = path.join(modules, packageJson().name);
  fs.rmSync(target, { recursive: true, force: true });
  fs.mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
  return target;
}
