import { simulate, type SimResult } from './run';

/** A child process of `scripts/spread-histories.ts`: plays the histories that it is sent, block by block, until its parent lets go. */
export interface Block {
  readonly runs: number;
  readonly seed: number;
}

/** What a block came to, or what stopped it. */
export type BlockAnswer = { readonly result: SimResult } | { readonly error: string };

if (process.send) {
  // Sequelize takes a stack trace per statement, and the TypeScript loader has each one translated: a tenth of the time.
  process.setSourceMapsEnabled(false);
  // Without any: a sixth more. What is wrong with a history is told by its judge; a test that plays it has the traces.
  Error.stackTraceLimit = 0;
  process.on('message', ({ runs, seed }: Block) => {
    simulate(runs, seed).then(
      (result) => process.send?.({ result } satisfies BlockAnswer),
      (error: unknown) =>
        process.send?.({
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        } satisfies BlockAnswer),
    );
  });
}
