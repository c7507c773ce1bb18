import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** Scratch space of tests and builds; git-ignored. */
export const work = path.join(root, '.work');

export interface PackageJson {
  name: string;
  version: string;
  [key: string]: unknown;
}

export function packageJson(): PackageJson {
  return JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as PackageJson;
}
