import fs from 'node:fs';
import path from 'node:path';
import { buildClient } from './build-client';
import { buildServer } from './build-server';
import { testedVersions } from './contract';
import { root } from './paths';

/** Builds dist/: both browser lanes, the server, the locale files and the version table. */
export async function build(): Promise<void> {
  const started = performance.now();
  const dist = path.join(root, 'dist');
  fs.rmSync(dist, { recursive: true, force: true });
  await Promise.all([buildClient('client', dist), buildClient('client-v2', dist), buildServer(dist)]);
  fs.cpSync(path.join(root, 'src/locale'), path.join(dist, 'locale'), { recursive: true });
  fs.writeFileSync(
    path.join(dist, 'externalVersion.js'),
    `module.exports = ${JSON.stringify(testedVersions, null, 2)};\n`,
  );
  console.log(`built dist/ in ${Math.round(performance.now() - started)} ms`);
}

if (process.argv[1]?.endsWith('build.ts')) await build();
