import type { ImapFlow } from 'imapflow';
import { endWhatNeverEnds } from '../deadlines';

const DEADLINES = { command: 1_000, upload: 5_000, answer: 300, answers: 1_000 };

/** A client whose commands are answered after so many ms, and whose FETCH answers so many times with so many ms between. */
function open({ afterMs = Infinity, answers = Infinity, betweenMs = 100 }) {
  let closed = 0;
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void (ms < Infinity && setTimeout(resolve, ms)));
  const client = {
    exec: (): Promise<void> => wait(afterMs),
    async *fetch() {
      for (let at = 0; at < answers; at += 1) {
        await wait(betweenMs);
        if (closed) throw new Error('closed');
        yield at;
      }
    },
    close: () => void (closed += 1),
  };
  endWhatNeverEnds(client as unknown as ImapFlow, DEADLINES);
  return { client: client as typeof client & { exec(command: string): Promise<void> }, closed: () => closed };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it('gives up a line whose command is never answered, an upload later, and never IDLE', async () => {
  const lines = ['STATUS', 'APPEND', 'IDLE'].map((command) => {
    const { client, closed } = open({});
    void client.exec(command);
    return closed;
  });
  await jest.advanceTimersByTimeAsync(1_500);
  expect(lines.map((closed) => closed())).toEqual([1, 0, 0]);
  await jest.advanceTimersByTimeAsync(3_600_000);
  expect(lines.map((closed) => closed())).toEqual([1, 1, 0]);
});

it('leaves a line alone whose commands are answered', async () => {
  const { client, closed } = open({ afterMs: 900 });
  void client.exec('STATUS');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(closed()).toBe(0);
});

it('gives up a FETCH whose answers do not come, or come for ever', async () => {
  for (const betweenMs of [400, 100]) {
    const { client, closed } = open({ betweenMs });
    const reading = (async () => {
      for await (const one of client.fetch()) void one;
    })().catch(() => 'failed');
    await jest.advanceTimersByTimeAsync(5_000);
    expect(closed()).toBeGreaterThan(0);
    expect(await reading).toBe('failed');
  }
});

it('does not count the time that is taken for what has come', async () => {
  const { client, closed } = open({ answers: 5 });
  const got: number[] = [];
  const reading = (async () => {
    for await (const one of client.fetch()) {
      got.push(one);
      await new Promise((resolve) => setTimeout(resolve, 10_000));
    }
  })();
  await jest.advanceTimersByTimeAsync(60_000);
  await reading;
  expect(got).toEqual([0, 1, 2, 3, 4]);
  expect(closed()).toBe(0);
});
