import { fork } from 'node:child_process';
import path from 'node:path';
import type { Block, BlockAnswer } from '../sim/block';
import type { SimResult } from '../sim/run';
import { root } from './paths';

/** Histories that a process plays before it is given the next ones. */
const BLOCK = 50;

const NOTHING: SimResult = {
  runs: 0,
  diverged: 0,
  lost: 0,
  duplicated: 0,
  falseNew: 0,
  zombieWrites: 0,
  failures: [],
};

/**
 * Plays histories `seed`, `seed` + 1, … in several processes. A history depends on its seed alone, so the counts are those of one process.
 *
 * @param told what is known after each block
 * @throws when a process ends or fails outside of a history
 */
export async function spread(
  runs: number,
  seed: number,
  processes: number,
  told: (soFar: SimResult) => void,
): Promise<SimResult> {
  const blocks = blocksOf(runs, seed);
  let total = NOTHING;
  const work = async (): Promise<void> => {
    const child = fork(path.join(root, 'sim', 'block.ts'), { execArgv: ['--import', 'tsx'] });
    try {
      for (let block = blocks.shift(); block; block = blocks.shift()) {
        const result = await play(child, block);
        // Not in one expression: others have added theirs meanwhile.
        total = sum(total, result);
        told(total);
      }
    } finally {
      child.kill();
    }
  };
  await Promise.all(Array.from({ length: Math.min(processes, blocks.length) }, work));
  if (total.runs !== runs) throw new Error(`${total.runs} of ${runs} histories were counted`);
  return total;
}

function blocksOf(runs: number, seed: number): Block[] {
  const blocks: Block[] = [];
  for (let done = 0; done < runs; done += BLOCK) blocks.push({ runs: Math.min(BLOCK, runs - done), seed: seed + done });
  return blocks;
}

function play(child: ReturnType<typeof fork>, block: Block): Promise<SimResult> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void =>
      reject(new Error(`the process of histories ${block.seed} and following ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (answer: BlockAnswer) => {
      child.off('exit', ended);
      if ('result' in answer) resolve(answer.result);
      else reject(new Error(`histories ${block.seed} and following: ${answer.error}`));
    });
    child.send(block);
  });
}

function sum(a: SimResult, b: SimResult): SimResult {
  return {
    runs: a.runs + b.runs,
    diverged: a.diverged + b.diverged,
    lost: a.lost + b.lost,
    duplicated: a.duplicated + b.duplicated,
    falseNew: a.falseNew + b.falseNew,
    zombieWrites: a.zombieWrites + b.zombieWrites,
    failures: [...a.failures, ...b.failures],
  };
}
