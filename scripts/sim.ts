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

const runs = option('runs', 1_000);
const seed = option('seed', 1);
const processes = Math.max(1, option('processes', os.availableParallelism()));
const started = performance.now();
let toldAt = 0;

function line(counts: SimResult): string {
  const seconds = Math.round((performance.now() - started) / 1000);
  return `runs ${counts.runs}, diverged ${counts.diverged}, lost ${counts.lost}, duplicated ${counts.duplicated}, false-new ${counts.falseNew}, zombie writes ${counts.zombieWrites} (seed ${seed}, ${seconds} s)`;
}

const result = await spread(runs, seed, processes, (soFar) => {
  if (soFar.runs - toldAt < TELL_EVERY) return;
  toldAt = soFar.runs;
  console.error(line(soFar));
});
for (const failure of result.failures.slice(0, 10)) console.log(failure);
console.log(line(result));
process.exit(result.failures.length > 0 ? 1 : 0);
