import type { Change } from '../../ports/session';
import type { ImapClient } from './client';

/** Servers may end an IDLE after 30 minutes, so it is renewed before (RFC 2177 §3). */
const RENEW_MS = 25 * 60_000;
/** A program that marks forty mails sends forty lines; they are one change. What comes or goes is told at once. */
const GATHER_MS = 20;

/**
 * What the server says about the selected folder without being asked. It listens from SELECT on: what comes while we read,
 * before IDLE begins, is said once and never again.
 */
export class FolderWatch {
  private hints = new Set<number>();
  private isChanged = false;
  private tell: ((afterMs: number) => void) | null = null;

  constructor(private readonly client: ImapClient) {
    client.on('exists', () => this.note());
    client.on('expunge', () => this.note());
    client.on('flags', ({ seq }: { seq?: number }) => this.note(seq));
  }

  /** Call before SELECT: what was said about the folder before does not count any more. */
  reset(): void {
    this.hints = new Set();
    this.isChanged = false;
  }

  /**
   * IDLE (RFC 2177) until the server has said something, the signal fires, or it is time to renew.
   * @throws whatever `lost` makes, when the connection closes
   */
  async wait(signal: AbortSignal, lost: () => Error): Promise<Change> {
    if (!this.isChanged && !signal.aborted) await this.idle(signal, lost);
    if (signal.aborted && !this.isChanged) return { kind: 'aborted', hints: [] };
    const hints = [...this.hints];
    this.reset();
    return { kind: 'changed', hints };
  }

  private note(seq?: number): void {
    this.isChanged = true;
    if (seq !== undefined) this.hints.add(seq);
    this.tell?.(seq === undefined ? 0 : GATHER_MS);
  }

  private idle(signal: AbortSignal, lost: () => Error): Promise<void> {
    const { client } = this;
    if (!client.usable) return Promise.reject(lost());
    return new Promise((resolve, reject) => {
      let gathering: NodeJS.Timeout | null = null;
      let isOver = false;
      const renewal = setTimeout(() => settle(resolve), RENEW_MS);
      const stop = (): void => settle(resolve);
      const closed = (): void => settle(() => reject(lost()));
      const settle = (answer: () => void): void => {
        if (isOver) return;
        isOver = true;
        clearTimeout(renewal);
        if (gathering) clearTimeout(gathering);
        this.tell = null;
        client.off('close', closed);
        signal.removeEventListener('abort', stop);
        answer();
      };
      this.tell = (afterMs) => {
        if (afterMs === 0) stop();
        else gathering ??= setTimeout(stop, afterMs);
      };
      client.on('close', closed);
      signal.addEventListener('abort', stop, { once: true });
      // Ends by itself when the next command is sent, and when imapflow asks a line that was silent for long whether it lives: then nobody
      // listens any more. Its own failure shows as `close`.
      client.idle().then(stop, () => undefined);
    });
  }
}
