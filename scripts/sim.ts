import os from 'node:os';
import { spread } from './spread-histories';
import type { SimResult } from '../sim/run';

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} wants a whole number`);
  return value;
}

/** How many histories are between two lines of progress. */
const TELL_EVERY = 500;
/** Histories of which is said what was wrong. */
const MOST_SHOWN = 10;

const runs = option('runs', 1_000);
const seed = option('seed', 1);
const processes = Math.max(1, option('processes', os.availableParallelism()));
const started = performance.now();
let toldAt = 0;
let shown = 0;

function line(counts: SimResult): string {
  const seconds = Math.round((performance.now() - started) / 1000);
  return `runs ${counts.runs}, diverged ${counts.diverged}, lost ${counts.lost}, duplicated ${counts.duplicated}, false-new ${counts.falseNew}, zombie writes ${counts.zombieWrites} (seed ${seed}, ${seconds} s)`;
}

const result = await spread(runs, seed, processes, (soFar) => {
  // At once: whoever waits for an hour wants to know whether it is worth it.
  for (const failure of soFar.failures.slice(shown, MOST_SHOWN)) console.error(failure);
  shown = soFar.failures.length;
  if (soFar.runs - toldAt < TELL_EVERY) return;
  toldAt = soFar.runs;
  console.error(line(soFar));
});
console.log(line(result));
process.exit(result.failures.length > 0 ? 1 : 0);
