import fs from 'node:fs';
import { Session, type Profiler } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';

/** Between two samples, microseconds: fine enough for seconds of work. */
const EVERY_US = 500;

/** Parts of the work, and how they are told from each other: by the innermost module on the stack that one of them names. */
const PARTS: readonly (readonly [part: string, module: RegExp])[] = [
  ['waiting for the server, the database and the disk', /^\(idle\)$/],
  ['garbage collector', /^\(garbage collector\)$/],
  ['the profile itself', /^node:inspector/],
  ['requests to the API, as a page asks them', /^(?:koa|@koa|@nocobase|superagent|supertest)/],
  ['reading MIME and text (postal-mime, html-to-text, ours)', /^(?:postal-mime|html-to-text|src\/server\/messages)/],
  ['words of the index', /^src\/server\/search/],
  ['IMAP (imapflow)', /^(?:imapflow|src\/server\/providers)/],
  ['SQL (Sequelize and driver)', /^(?:sequelize|sqlite3|pg|mysql|mariadb)/],
  ['the engine itself', /^src\/server/],
];
const REST = 'Node itself: sockets, promises, timers';

/** Milliseconds of the main thread by part, largest first. */
export type Shares = readonly (readonly [part: string, ms: number])[];

/** Samples the main thread while `work` runs (Chrome DevTools Protocol, domain Profiler). */
export async function profiled(work: () => Promise<void>): Promise<Shares> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: EVERY_US });
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return sharesOf(profile);
}

function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Shares {
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const parentOf = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const modules = new Modules();
  const partOf = new Map<number, string>();
  for (const { id } of nodes) {
    let part: string | undefined;
    for (let at: number | undefined = id; at !== undefined && !part; at = parentOf.get(at)) {
      const name = modules.of((nodeOf.get(at) as Profiler.ProfileNode).callFrame);
      part = PARTS.find(([, module]) => module.test(name))?.[0];
    }
    partOf.set(id, part ?? REST);
  }
  const ms = new Map<string, number>();
  samples.forEach((id, at) => {
    const part = partOf.get(id) ?? REST;
    ms.set(part, (ms.get(part) ?? 0) + timeDeltas[at] / 1_000);
  });
  return [...ms].sort(([, a], [, b]) => b - a);
}

/** Names of modules; those in our bundle by the comments that esbuild leaves where each begins. */
class Modules {
  private readonly bundles = new Map<string, readonly string[]>();

  of({ functionName, url, lineNumber }: Profiler.ProfileNode['callFrame']): string {
    if (url === '') return functionName;
    const file = url.startsWith('file:') ? fileURLToPath(url) : url;
    const name = /nocobase-plugin-email-manager\/dist\/server\//.test(file) ? this.bundled(file)[lineNumber] : file;
    return /.*node_modules\/(.*)/.exec(name ?? '')?.[1] ?? name ?? '';
  }

  private bundled(file: string): readonly string[] {
    const known = this.bundles.get(file);
    if (known) return known;
    let now = '';
    const lines = fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => (now = /^\/\/ ((?:node_modules|src)\/\S+)/.exec(line)?.[1] ?? now));
    this.bundles.set(file, lines);
    return lines;
  }
}
