import { simulate } from '../sim/run';

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} wants a whole number`);
  return value;
}

// Sequelize takes a stack trace per statement, and the TypeScript loader has each one translated: a tenth of the time.
process.setSourceMapsEnabled(false);

const runs = option('runs', 1_000);
const seed = option('seed', 1);
const started = performance.now();
const { failures, ...counts } = await simulate(runs, seed);
for (const failure of failures.slice(0, 10)) console.log(failure);
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  `runs ${counts.runs}, diverged ${counts.diverged}, lost ${counts.lost}, duplicated ${counts.duplicated}, false-new ${counts.falseNew}, zombie writes ${counts.zombieWrites} (seed ${seed}, ${seconds} s)`,
);
if (failures.length > 0) process.exit(1);
