/** Work that lasts longer gives its turn on and goes on without: eight servers that hang must not stop all others. */
const LONGEST_TURN_MS = 30_000;

interface Waiting {
  readonly since: number;
  readonly begin: () => void;
}

/** How many may do something costly at a time in this process; the others wait for their turn, whoever asked first comes first. */
export class Turns {
  private free: number;
  private readonly waiting: Waiting[] = [];

  constructor(
    most: number,
    private readonly longestMs = LONGEST_TURN_MS,
  ) {
    this.free = most;
  }

  /**
   * Runs `work` when it is its turn.
   * @param since when the caller asked first, ms: one that left and comes again keeps its place
   * @param signal fires when the caller has something better to do than to wait
   * @returns false when it left without its turn
   */
  async turn(since: number, signal: AbortSignal, work: () => Promise<void>): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.free > 0) this.free -= 1;
    else if (!(await this.wait(since, signal))) return false;
    let isOver = false;
    const pass = (): void => {
      if (!isOver) this.pass();
      isOver = true;
    };
    const timer = setTimeout(pass, this.longestMs).unref();
    try {
      await work();
    } finally {
      clearTimeout(timer);
      pass();
    }
    return true;
  }

  private wait(since: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const one: Waiting = {
        since,
        begin: () => {
          signal.removeEventListener('abort', leave);
          resolve(true);
        },
      };
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(one), 1);
        resolve(false);
      };
      const at = this.waiting.findIndex((other) => other.since > since);
      this.waiting.splice(at < 0 ? this.waiting.length : at, 0, one);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  private pass(): void {
    const next = this.waiting.shift();
    if (next) next.begin();
    else this.free += 1;
  }
}
