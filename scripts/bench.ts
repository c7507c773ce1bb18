import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { KINDS } from '../bench/kinds';
import { prepareHost } from './prepare-host';
import { root, work } from './paths';

/** `npm run bench -- <kind> [--option value] [--flag]`: measures, prints, and writes docs/benchmarks/<kind>.md. */
const [kind, ...rest] = process.argv.slice(2);
const chosen = KINDS[kind ?? ''];
if (!chosen) {
  console.error(`bench what? One of: ${Object.keys(KINDS).join(', ')}`);
  process.exit(1);
}
const { options, flags = {}, database } = chosen;
const env: Record<string, string> = {};
for (let at = 0; at < rest.length; at += 1) {
  const word = rest[at].replace(/^--/, '');
  if (flags[word]) {
    env[flags[word]] = '1';
  } else if (options[word] && /^\d+$/.test(rest[at + 1] ?? '')) {
    env[options[word]] = rest[(at += 1)];
  } else {
    const takes = [...Object.keys(options).map((one) => `--${one} N`), ...Object.keys(flags).map((one) => `--${one}`)];
    console.error(`${kind} takes ${takes.join(' ')}`);
    process.exit(1);
  }
}
const { caFile } = await prepareHost();
const { status } = spawnSync(
  process.execPath,
  ['--expose-gc', '--import', 'tsx', path.join(root, 'bench', 'run.ts'), kind],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: caFile,
      // Where the host looks for the installed plugin; Jest would map it.
      NODE_PATH: path.join(work, 'host', 'node_modules'),
      EMAIL_TEST_DATABASE: database,
      ...env,
    },
  },
);
process.exit(status ?? 1);
