import { Worker } from 'node:worker_threads';
import type { Answer, Letter, Reply } from './letters';

/** A mail of a megabyte takes some ten times as much while it is parsed. */
const MOST_MEGABYTES = 512;

export interface Listener {
  readonly ready: () => void;
  readonly answered: (reply: Reply) => void;
  /** At most once, and never after `end`. */
  readonly died: (error: unknown) => void;
}

/** One running worker. It keeps no process alive unless it is held. */
export class ParseThread {
  isReady = false;
  private isOver = false;
  private readonly worker: Worker;

  /**
   * @param file the worker's bundle
   * @throws what starting a thread throws
   */
  constructor(file: string, listener: Listener) {
    this.worker = new Worker(file, {
      name: 'email-manager-parser',
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
      // Whoever reads hostile mail needs no secrets, and none of what the process was started with.
      env: {},
      execArgv: [],
    });
    const died = (error: unknown): void => {
      if (this.isOver) return;
      this.isOver = true;
      listener.died(error);
    };
    this.worker.on('message', (answer: Answer) => {
      if (this.isOver) return;
      if ('messages' in answer) return listener.answered(answer);
      this.isReady = true;
      listener.ready();
    });
    this.worker.on('error', died);
    this.worker.on('messageerror', died);
    this.worker.on('exit', (code) => died(Object.assign(new Error(), { code: `EXIT_${code}` })));
    this.worker.unref();
  }

  post(letter: Letter): void {
    this.worker.postMessage(letter, [letter.bytes]);
  }

  /** Whether the process has to go on for it. */
  hold(isHeld: boolean): void {
    if (isHeld) this.worker.ref();
    else this.worker.unref();
  }

  /** Ends it wherever it is. Resolves when the thread is gone. */
  async end(): Promise<void> {
    this.isOver = true;
    await this.worker.terminate();
  }
}
