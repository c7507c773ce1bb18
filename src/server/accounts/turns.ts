/** How many may do something costly at a time in this process; the others wait for their turn, first come, first served. */
export class Turns {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(most: number) {
    this.free = most;
  }

  /** Runs `work` when it is its turn. Whose signal fires meanwhile does without. */
  async turn(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    if (signal.aborted) return;
    if (this.free > 0) this.free -= 1;
    else if (!(await this.wait(signal))) return;
    try {
      await work();
    } finally {
      this.pass();
    }
  }

  /** False when the caller left. A turn that came at the same moment goes on to the next. */
  private wait(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const turn = (): void => {
        signal.removeEventListener('abort', leave);
        resolve(true);
      };
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(turn), 1);
        resolve(false);
      };
      this.waiting.push(turn);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  private pass(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free += 1;
  }
}
