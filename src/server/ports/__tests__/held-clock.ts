import type { Clock } from '../runtime';

const START = 1_700_000_000_000;

/** Time stands still until the test moves it. */
export class HeldClock implements Clock {
  private time = START;
  private readonly sleepers = new Set<{ at: number; wake: () => void }>();

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { at: this.time + ms, wake: resolve };
      if (signal?.aborted) return resolve();
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.sleepers.delete(sleeper);
        resolve();
      });
    });
  }

  async advance(ms: number): Promise<void> {
    this.time += ms;
    for (const sleeper of [...this.sleepers])
      if (sleeper.at <= this.time) {
        this.sleepers.delete(sleeper);
        sleeper.wake();
      }
  }
}

/** Enough turns of the event loop for what is running to come to rest. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
