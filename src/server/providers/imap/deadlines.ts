import type { ImapFlow } from 'imapflow';

/** Milliseconds of waiting for the server, after which a line is given up. */
export interface Deadlines {
  readonly command: number;
  /** A command that carries a mail to the server. */
  readonly upload: number;
  /** The next answer to a FETCH. */
  readonly answer: number;
  /** All answers to a FETCH together, without the time that we take for them. */
  readonly answers: number;
}

const DEADLINES: Deadlines = {
  command: 10 * 60_000,
  upload: 60 * 60_000,
  answer: 5 * 60_000,
  answers: 30 * 60_000,
};

/** Ends with DONE, not with an answer; what comes after it has its own limit. */
const ENDLESS: ReadonlySet<string> = new Set(['IDLE']);
const FETCHES: ReadonlySet<string> = new Set(['FETCH', 'UID FETCH']);

type Exec = (command: string, ...rest: unknown[]) => Promise<unknown>;
type Fetch = (...asked: unknown[]) => AsyncGenerator<unknown, unknown>;

/**
 * Closes a connection whose command is never answered. A timeout of the socket does not: a server that says “still here” every second, or sends a
 * line without end, is never silent, and its worker would wait for ever while everything looks well.
 */
export function endWhatNeverEnds(client: ImapFlow, deadlines: Deadlines = DEADLINES): void {
  const open = client as unknown as { exec: Exec; fetch: Fetch };
  const [exec, fetch] = [open.exec.bind(client), open.fetch.bind(client)];
  const closing = (ms: number): NodeJS.Timeout => setTimeout(() => client.close(), ms).unref();
  open.exec = (command, ...rest) => {
    const answer = exec(command, ...rest);
    if (ENDLESS.has(command) || FETCHES.has(command)) return answer;
    const timer = closing(command === 'APPEND' ? deadlines.upload : deadlines.command);
    const stop = (): void => clearTimeout(timer);
    answer.then(stop, stop);
    return answer;
  };
  open.fetch = async function* (...asked) {
    const answers = fetch(...asked);
    let left = deadlines.answers;
    try {
      for (;;) {
        const began = Date.now();
        const timer = closing(Math.min(deadlines.answer, left));
        const next = await answers.next().finally(() => clearTimeout(timer));
        if (next.done) return next.value;
        left = Math.max(0, left - (Date.now() - began));
        yield next.value;
      }
    } finally {
      await answers.return(undefined);
    }
  };
}
