import { SlicesAhead } from '../slices-ahead';

/** Three slices; `log` says what the source came to. */
function source(log: string[], failsAt = 0): AsyncIterable<number> {
  return (async function* () {
    try {
      for (const one of [1, 2, 3]) {
        log.push(`reads ${one}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (one === failsAt) throw new Error('line lost');
        yield one;
      }
    } finally {
      log.push('ended');
    }
  })();
}
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

it('the next slice is read only when it is asked for or taken', async () => {
  const log: string[] = [];
  const ahead = new SlicesAhead(source(log));
  for await (const one of ahead) {
    if (one === 1) ahead.ask();
    await rest();
    log.push(`stored ${one}`);
  }
  expect(log).toEqual(['reads 1', 'reads 2', 'stored 1', 'stored 2', 'reads 3', 'stored 3', 'ended']);
});

it('what is left in the middle has ended, with what was asked for', async () => {
  const log: string[] = [];
  const ahead = new SlicesAhead(source(log));
  await expect(
    (async () => {
      for await (const one of ahead) {
        ahead.ask();
        if (one === 1) throw new Error('lease lost');
      }
    })(),
  ).rejects.toThrow('lease lost');
  expect(log).toEqual(['reads 1', 'reads 2', 'ended']);
});

it('a failure of what was asked for is told to who takes it, after what came before is stored', async () => {
  const log: string[] = [];
  const ahead = new SlicesAhead(source(log, 2));
  await expect(
    (async () => {
      for await (const one of ahead) {
        ahead.ask();
        await rest();
        log.push(`stored ${one}`);
      }
    })(),
  ).rejects.toThrow('line lost');
  expect(log).toEqual(['reads 1', 'reads 2', 'ended', 'stored 1']);
});

it('a failure that nobody comes to see is no failure', async () => {
  const ahead = new SlicesAhead(source([], 2));
  for await (const one of ahead) {
    ahead.ask();
    if (one === 1) break;
  }
  await rest();
});
