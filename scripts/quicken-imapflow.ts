import fs from 'node:fs';
import path from 'node:path';
import type { PluginBuild } from 'esbuild';
import { root } from './paths';

interface Shortcut {
  /** Of imapflow. */
  readonly file: string;
  /** Ours. */
  readonly from: string;
  readonly name: string;
  readonly exported: string;
  readonly instead: string;
}

/** Answers are handed out as they are, not as promises: everything in imapflow that asks awaits them. */
const SHORTCUTS: readonly Shortcut[] = [
  {
    file: 'handler/imap-compiler.js',
    from: 'quick-compile.ts',
    name: 'quickCompile',
    exported: 'export default compiler;',
    instead: 'export default (response, options) => quickCompile(response, options) ?? compiler(response, options);',
  },
  {
    file: 'handler/imap-parser.js',
    from: 'quick-parse.ts',
    name: 'quickParse',
    exported: 'export default async function parser(command, options) {',
    instead: `export default (command, options) => quickParse(command, options) ?? parser(command, options);
async function parser(command, options) {`,
  },
  {
    file: 'tools.js',
    from: 'quick-message.ts',
    name: 'quickMessage',
    exported: 'export async function formatMessageResponse(untagged, mailbox) {',
    instead: `const helpers = { parseBodystructure, getFlagColor };
export function formatMessageResponse(untagged, mailbox) {
    return quickMessage(untagged, mailbox, helpers) ?? formatAnyResponse(untagged, mailbox);
}
async function formatAnyResponse(untagged, mailbox) {`,
  },
];

/** Puts our shortcuts in front of imapflow's own; its version is pinned, and a build with another shape of a file, or without it, fails. */
export function quickenImapflow(build: PluginBuild): void {
  const missing = new Set(SHORTCUTS.map(({ file }) => file));
  build.onLoad({ filter: /imapflow[\\/]dist[\\/]esm[\\/].*\.js$/ }, ({ path: file }) => {
    const shortcut = SHORTCUTS.find((one) => file.replaceAll('\\', '/').endsWith(`/imapflow/dist/esm/${one.file}`));
    if (!shortcut) return undefined;
    missing.delete(shortcut.file);
    return { contents: quickened(file, shortcut), loader: 'js', resolveDir: path.dirname(file) };
  });
  build.onEnd(() => ({ errors: [...missing].map((file) => ({ text: `imapflow no longer has ${file}` })) }));
}

function quickened(file: string, { from, name, exported, instead }: Shortcut): string {
  const source = fs.readFileSync(file, 'utf8');
  if (source.split(exported).length !== 2) throw new Error(`${file} is not what ${from} was written for`);
  const shortcut = path.join(root, 'src/server/providers/imap', from);
  return `import { ${name} } from ${JSON.stringify(shortcut)};\n${source.replace(exported, () => instead)}`;
}
