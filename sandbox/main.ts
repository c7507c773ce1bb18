import { startSandbox } from './sandbox';

/** `tsx sandbox/main.ts --folder F [--edition node|dovecot] [--port N] [--fill N]`: prints one JSON line when ready. */
function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? process.argv[at + 1] : fallback;
}

const sandbox = await startSandbox({
  edition: option('edition', 'node') === 'dovecot' ? 'dovecot' : 'node',
  folder: option('folder', '.work/sandbox'),
  basePort: Number(option('port', '0')),
  fill: Number(option('fill', '0')),
  stateFile: option('state', '') || null,
});
console.log(JSON.stringify(sandbox.addresses));

const stop = (): void => {
  sandbox.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// The one who started us is gone: nothing may be left listening.
process.stdin.resume().on('end', stop);
