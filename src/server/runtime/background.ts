import type { Log } from '../ports/runtime';

/** The one door for fire-and-forget work: it logs what fails and is awaited when the application stops. */
export class Background {
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly log: Log) {}

  run(name: string, task: () => Promise<void>): void {
    const work = task()
      .catch((error: unknown) => this.log.error('background-task-failed', error, { task: name }))
      .finally(() => this.running.delete(work));
    this.running.add(work);
  }

  /** Waits for the running tasks, but no longer than `ms`: a process manager kills soon after it asks. */
  async settle(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    await Promise.race([Promise.allSettled(this.running).then(() => undefined), patience]);
    clearTimeout(timer);
  }
}
