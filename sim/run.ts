import { History } from './history';
import { openLocalCopy } from './local-copy';
import type { Verdict } from './verdict';

export interface SimResult {
  readonly runs: number;
  readonly diverged: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly falseNew: number;
  readonly zombieWrites: number;
  /** Seed and fault of the first few that failed. */
  readonly failures: readonly string[];
}

/** Runs histories `seed`, `seed` + 1, … each on a mailbox of its own. Counts histories, not messages. */
export async function simulate(runs: number, seed: number): Promise<SimResult> {
  const counts = { diverged: 0, lost: 0, duplicated: 0, falseNew: 0 };
  const failures: string[] = [];
  let zombieWrites = 0;
  let copy = await openLocalCopy();
  for (let run = 0; run < runs; run += 1) {
    const history = new History(copy.tables, seed + run);
    await history.run();
    const verdict = await history.judge();
    for (const kind of Object.keys(counts) as (keyof typeof counts & keyof Verdict)[])
      if (verdict[kind] > 0) counts[kind] += 1;
    zombieWrites += history.zombieWrites;
    if (verdict.first || history.zombieWrites > 0)
      failures.push(
        `seed ${history.seed} (${JSON.stringify(history.server.features)}): ${verdict.first ?? 'a zombie wrote'}`,
      );
    // Every history has its own account; now and then they are cleared away, or all of them would slow the later ones down.
    if (run % 100 === 99) {
      await copy.close();
      copy = await openLocalCopy();
    }
  }
  await copy.close();
  return { runs, ...counts, zombieWrites, failures };
}
