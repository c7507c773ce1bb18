import fs from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';
import { isServerHostModule } from './contract';
import { root } from './paths';
import { quickenImapflow } from './quicken-imapflow';

/** Folders whose files the host loads one by one; each becomes an entry of its own. */
const SCANNED = ['collections', 'migrations'];

/** Runs in a thread of its own, which loads it by its file; see src/server/runtime/parse-worker. */
const PARSE_WORKER = 'src/server/runtime/parse-worker/entry.ts';

/** Builds the server lane as CommonJS with every own dependency inside. */
export async function buildServer(dist: string): Promise<void> {
  const entries = ['src/server/index.ts', PARSE_WORKER];
  for (const folder of SCANNED) {
    const dir = path.join(root, 'src/server', folder);
    const files = fs.existsSync(dir) ? fs.readdirSync(dir).filter((file) => file.endsWith('.ts')) : [];
    entries.push(...files.map((file) => `src/server/${folder}/${file}`));
  }
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: entries,
    outbase: 'src',
    outdir: dist,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'linked',
    logLevel: 'warning',
    // TypeScript's own `declare` and parameter properties, but no `useDefineForClassFields` surprises with Sequelize models.
    tsconfigRaw: { compilerOptions: { target: 'ES2022', useDefineForClassFields: false } },
    plugins: [
      { name: 'host-modules', setup: keepHostModulesOutside },
      { name: 'quick-imapflow', setup: quickenImapflow },
    ],
  });
}

function keepHostModulesOutside(build: esbuild.PluginBuild): void {
  build.onResolve({ filter: /^[^./]/ }, ({ path: request, kind }) =>
    kind !== 'entry-point' && isServerHostModule(request) ? { path: request, external: true } : undefined,
  );
}
