import { setImmediate as nextTurn } from 'node:timers/promises';
import { MailError } from '../../errors/mail-error';
import type { Fetched, FetchedHead, MailParser } from '../../ports/mail-parser';
import type { Log } from '../../ports/runtime';
import type { ParsedMessage } from '../../ports/stores';
import { bytesOf, letterOf, messagesOf, parseMail, type Mail, type Reply } from './letters';
import { ParseThread } from './parse-thread';

/** Of one folder: two groups, so that one is parsed while the other is read or stored. */
const AHEAD = 64;
/** A group costs as much as some mails on its way, and is asked again one by one where one of it fails. */
const MOST_TOGETHER = 32;
const MOST_BYTES_TOGETHER = 256 * 1024;
/** One is worked on, the next is there when it is done. */
const MOST_SENT = 2;
/** Of the mails that come in groups the worst known takes a third of a second, so that a whole group of it takes half of this. */
const DEADLINE_MS = 20_000;
/** Of a mail by itself: others wait behind it. */
const ALONE_MS = 5_000;
const IDLE_MS = 60_000;
/** After a worker that could not be started although one could before: the machine may have been short of something. */
const RESTART_MS = 60_000;

export interface WorkerParserOptions {
  /** The worker's bundle. */
  readonly file: string;
  readonly log: Log;
  /** Milliseconds for a group, and for the start of a worker. */
  readonly deadlineMs?: number;
  /** Milliseconds for a mail that is asked for alone. */
  readonly aloneMs?: number;
  /** Milliseconds without work after which the thread gives its memory back. */
  readonly idleMs?: number;
  /** Milliseconds until a worker is tried again where one could not be started, but could before. */
  readonly restartMs?: number;
}

interface Asked {
  readonly mail: Mail;
  readonly resolve: (message: ParsedMessage) => void;
  readonly reject: (error: unknown) => void;
}

interface Group {
  readonly asked: readonly Asked[];
  /** Asked alone, because the worker ended over it and others: when it ends again, this was it. */
  readonly isSuspected: boolean;
  /** Of its letter, once it is sent. */
  number?: number;
}

/**
 * Parses in one worker thread, which is started when it is needed. What is asked for in one turn of the event loop goes there together. A
 * worker that dies or does not answer in time is replaced, and the mails it was at are asked again one by one: the one that fails again is
 * unreadable, and costs no other anything. Where no worker can be started, and once it is closed, it parses in the thread of whoever asks.
 */
export class WorkerParser implements MailParser {
  private collected: Asked[] = [];
  private collectedBytes = 0;
  /** Not sent yet. */
  private groups: Group[] = [];
  /** In the worker, which works on the first. */
  private sent: Group[] = [];
  private letters = 0;
  private thread: ParseThread | null = null;
  private isInThread = false;
  private isClosed = false;
  private hasWorked = false;
  private deadline: NodeJS.Timeout | undefined;
  private idle: NodeJS.Timeout | undefined;

  constructor(private readonly options: WorkerParserOptions) {}

  get ahead(): number {
    return this.isInThread ? 1 : AHEAD;
  }

  content(content: Fetched): Promise<ParsedMessage> {
    return this.ask(content);
  }

  head({ header, sizeBytes, threadId }: FetchedHead): Promise<ParsedMessage> {
    return this.ask({ kind: 'head', header, sizeBytes, threadId });
  }

  /**
   * Ends the worker; for when the mailboxes have been given up. What still waits is refused: nobody stores it any more, and among it may be
   * what the worker will never be done with. Who asks all the same is answered in this thread: to refuse that would make good mail unreadable.
   */
  async close(): Promise<void> {
    const { thread } = this;
    this.isClosed = true;
    for (const { reject } of this.stayInThread()) reject(new MailError('EMAIL_MESSAGE_UNREADABLE'));
    await thread?.end();
  }

  private ask(mail: Mail): Promise<ParsedMessage> {
    if (this.isInThread) return parseMail(mail);
    return new Promise((resolve, reject) => {
      if (this.collected.length === 0) setImmediate(() => this.seal());
      this.collected.push({ mail, resolve, reject });
      this.collectedBytes += bytesOf(mail);
      if (this.collected.length >= MOST_TOGETHER || this.collectedBytes >= MOST_BYTES_TOGETHER) this.seal();
    });
  }

  private seal(): void {
    if (this.collected.length === 0) return;
    this.groups.push({ asked: this.collected, isSuspected: false });
    [this.collected, this.collectedBytes] = [[], 0];
    this.send();
  }

  private send(): void {
    if (this.groups.length === 0) return;
    clearTimeout(this.idle);
    const thread = (this.thread ??= this.start());
    if (!thread?.isReady) return;
    thread.hold(true);
    while (this.sent.length < MOST_SENT && this.groups.length > 0) {
      const group = this.groups.shift()!;
      group.number = this.letters += 1;
      thread.post(
        letterOf(
          group.number,
          group.asked.map(({ mail }) => mail),
        ),
      );
      if (this.sent.push(group) === 1) this.expect(thread);
    }
  }

  private start(): ParseThread | null {
    try {
      const thread: ParseThread = new ParseThread(this.options.file, {
        ready: () => {
          this.hasWorked = true;
          this.send();
        },
        answered: (reply) => this.answered(thread, reply),
        died: (error) => this.failed(thread, error),
      });
      thread.hold(true);
      this.expect(thread);
      return thread;
    } catch (error) {
      this.giveUp(error);
      return null;
    }
  }

  private answered(thread: ParseThread, reply: Reply): void {
    // Nobody may ever get somebody else's mail.
    if (this.sent[0]?.number !== reply.number) return this.failed(thread, trouble('OTHER_LETTER'));
    const { asked } = this.sent.shift()!;
    if (this.sent.length > 0) this.expect(thread);
    // Before they are settled: the worker must not wait for what follows from it.
    this.send();
    if (this.sent.length === 0) this.rest(thread);
    const messages = messagesOf(reply);
    for (const [at, { resolve, reject }] of asked.entries()) {
      const message = messages[at];
      if (message) resolve(message);
      else reject(new MailError('EMAIL_MESSAGE_UNREADABLE'));
    }
  }

  private rest(thread: ParseThread): void {
    this.expectNothing();
    thread.hold(false);
    this.idle = setTimeout(() => {
      this.thread = null;
      void thread.end();
    }, this.options.idleMs ?? IDLE_MS).unref();
  }

  /** The first group, or a worker's first word. */
  private expect(thread: ParseThread): void {
    this.expectNothing();
    const { deadlineMs = DEADLINE_MS, aloneMs = ALONE_MS } = this.options;
    const ms = this.sent[0]?.isSuspected ? aloneMs : deadlineMs;
    const deadline = setTimeout(() => {
      // When it was this thread that was held up, the answer is already there, and is heard first.
      setImmediate(() => {
        if (this.thread === thread && this.deadline === deadline) this.failed(thread, trouble('DEADLINE'));
      });
    }, ms);
    this.deadline = deadline;
  }

  private expectNothing(): void {
    clearTimeout(this.deadline);
    // It may have rung already, and be about to look whether it still counts.
    this.deadline = undefined;
  }

  private failed(thread: ParseThread, cause: unknown): void {
    if (this.thread !== thread) return;
    if (!thread.isReady) return this.giveUp(cause);
    this.forget(thread);
    const [first, ...others] = this.sent;
    this.sent = [];
    this.options.log.error('mail-parser-ended', cause, { messages: first?.asked.length ?? 0 });
    const isFound = first?.isSuspected ?? false;
    // Who waits already does not wait for suspects, too.
    this.groups = [...others, ...this.groups, ...(isFound ? [] : aloneOf(first))];
    if (isFound) for (const { reject } of first.asked) reject(new MailError('EMAIL_MESSAGE_UNREADABLE', { cause }));
    this.send();
  }

  /** A worker that never said a word: that is no mail's fault. Where none ever did, the next would do no better. */
  private giveUp(error: unknown): void {
    this.options.log.error('mail-parser-without-worker', error);
    // Not what has just ended a worker: it would do the same to this thread.
    const suspected = new Set(this.groups.flatMap((group) => (group.isSuspected ? group.asked : [])));
    const waiting = this.stayInThread();
    for (const { reject } of suspected) reject(new MailError('EMAIL_MESSAGE_UNREADABLE', { cause: error }));
    void parseInTurns(waiting.filter((one) => !suspected.has(one)));
    if (!this.hasWorked) return;
    const again = (): void => {
      this.isInThread = this.isClosed;
    };
    setTimeout(again, this.options.restartMs ?? RESTART_MS).unref();
  }

  /** @returns what still waits */
  private stayInThread(): Asked[] {
    this.isInThread = true;
    if (this.thread) this.forget(this.thread);
    const waiting = [...this.sent, ...this.groups].flatMap(({ asked }) => asked).concat(this.collected);
    [this.sent, this.groups, this.collected] = [[], [], []];
    return waiting;
  }

  private forget(thread: ParseThread): void {
    this.expectNothing();
    clearTimeout(this.idle);
    this.thread = null;
    void thread.end();
  }
}

/** The log tells codes, no messages. */
const trouble = (code: string): Error => Object.assign(new Error(code), { code });

/** One after the other, with a turn for others between them: there may be many, and this thread has more to do. */
async function parseInTurns(waiting: readonly Asked[]): Promise<void> {
  for (const { mail, resolve, reject } of waiting) {
    await nextTurn();
    await parseMail(mail).then(resolve, reject);
  }
}

const aloneOf = (group: Group | undefined): Group[] =>
  (group?.asked ?? []).map((one) => ({ asked: [one], isSuspected: true }));
