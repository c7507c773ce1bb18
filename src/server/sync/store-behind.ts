import { MailError } from '../errors/mail-error';
import { USUAL_LENGTH } from '../mail/address';
import { unreadableMessage } from '../messages/parse-message';
import type { FolderRow } from '../ports/records';
import type { Depth, MessageStore, ParsedMessage, ReadContent } from '../ports/stores';

/** Stored in one transaction: so many, or as many as hold so many characters. On SQLite a transaction opens a file and waits for a disk: that takes as long as storing some fifty mails. */
const MOST = 500;
/** The same of thousands. Of fewer the last ones would be read before the first are stored. */
const MOST_OF_THOUSANDS = 1_000;
const MOST_CHARACTERS = 4_000_000;
/** Over a slow line people see what has come by then. */
const LONGEST_WAIT_MS = 2_000;

export interface BehindPorts {
  readonly store: MessageStore;
  /** Fires when the account is given up: nothing may be stored after that. */
  readonly signal?: AbortSignal;
  /** Messages in a transaction; by default what databases like. */
  readonly batch?: number;
  readonly now?: () => number;
  /** Called after each batch of texts that could not be indexed with it. */
  readonly index?: () => Promise<unknown>;
  /** Called after each batch: a browser should show it. */
  readonly changed?: () => void;
}

/** Stores what is read of a folder in batches, one after the other, while its owner goes on reading; never more than one batch waits. */
export class StoreBehind {
  private read: ReadContent[] = [];
  private characters = 0;
  private last: Promise<void> = Promise.resolve();
  private readonly now: () => number;
  private flushedAt: number;
  private most = MOST;
  /** What is not stored yet, by the server's id. */
  private open = new Map<string, unknown>();

  constructor(
    private readonly folder: FolderRow,
    private readonly depth: Depth,
    private readonly ports: BehindPorts,
  ) {
    this.now = ports.now ?? Date.now;
    this.flushedAt = this.now();
  }

  /**
   * Everything that `work` adds is stored when this ends, also where it failed: what was read before a line dropped need not be read again.
   * Whatever is stored leaves `open`. Nothing is under way any more when this ends: the next may be another node's.
   * @throws what `work` threw, or the database
   */
  async during(open: Map<string, unknown>, work: () => Promise<void>): Promise<void> {
    this.open = open;
    this.most = this.ports.batch ?? (open.size >= 4 * MOST_OF_THOUSANDS ? MOST_OF_THOUSANDS : MOST);
    try {
      await work();
    } catch (error) {
      await this.finish().catch(() => undefined);
      throw error;
    }
    await this.finish();
  }

  /** @throws what the batch before this one threw */
  async add(one: ReadContent): Promise<void> {
    this.read.push(one);
    this.characters += lengthOf(one.message);
    const { batch } = this.ports;
    const isDue = batch === undefined && this.now() - this.flushedAt >= LONGEST_WAIT_MS;
    if (isDue || this.read.length >= this.most || this.characters >= MOST_CHARACTERS) await this.flush();
  }

  private async finish(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.last;
    }
  }

  private async flush(): Promise<void> {
    await this.last;
    if (this.ports.signal?.aborted || this.read.length === 0) return;
    const some = this.read;
    [this.read, this.characters, this.flushedAt] = [[], 0, this.now()];
    this.last = this.store(some);
    // Heard by whoever waits for it; until then nobody listens.
    this.last.catch(() => undefined);
  }

  private async store(some: readonly ReadContent[]): Promise<void> {
    const isIndexed = await storeAll(this.folder, some, this.depth, this.ports.store);
    for (const { placement } of some) this.open.delete(placement.id);
    this.ports.changed?.();
    if (!isIndexed && this.depth === 'full' && !this.ports.signal?.aborted) await this.ports.index?.();
  }
}

/** Characters, roughly. */
function lengthOf({ text, html, words, to, cc, bcc, replyTo }: ParsedMessage): number {
  const people = to.length + cc.length + bcc.length + replyTo.length;
  return (text?.length ?? 0) + (html?.length ?? 0) + (words?.length ?? 0) + people * USUAL_LENGTH;
}

/**
 * A message that the database refuses is found by storing each alone, and stored without its content.
 * @returns whether all of it is indexed, too
 */
export async function storeAll(
  folder: FolderRow,
  read: readonly ReadContent[],
  depth: Depth,
  store: MessageStore,
): Promise<boolean> {
  if (read.length === 0) return true;
  try {
    return await store.store(folder, read, depth);
  } catch (error) {
    if (!isRefused(error)) throw error;
    for (const one of read) await storeAlone(folder, one, depth, store);
    return false;
  }
}

async function storeAlone(folder: FolderRow, one: ReadContent, depth: Depth, store: MessageStore): Promise<void> {
  try {
    await store.store(folder, [one], depth);
  } catch (error) {
    if (!isRefused(error)) throw error;
    await store.store(folder, [{ ...one, message: unreadableMessage(one.placement.sizeBytes) }], 'full');
  }
}

/** Locks, restarts and lost connections are no refusal. */
export const isRefused = (error: unknown): boolean =>
  error instanceof MailError && error.code === 'EMAIL_MESSAGE_UNREADABLE';
