import type { ErrorKind } from '../../shared/error-codes';
import { MailError } from '../errors/mail-error';
import type { FolderRow } from '../ports/records';
import type { MessageStore, ShallowPlacement } from '../ports/stores';

/**
 * Counted at a time, two ahead: the next is counted while mails of the one before are asked for, since reading would stand still as long as a
 * count waits for what is being stored. A process that is killed leaves no more than both counted in vain.
 */
const BLOCK = 500;

export interface TriesPorts {
  readonly store: Pick<MessageStore, 'countAttempts'>;
  readonly signal?: AbortSignal;
  /** As in `DeepenPorts`. */
  readonly tried?: Map<number, number>;
  readonly mayGoOn?: () => boolean;
}

/**
 * Counts a try for each message before it is asked for, and takes it back where there was none: when the server itself was at fault, and for
 * what was not come to or, where the line dropped, not asked for yet.
 */
export class Tries {
  private readonly placements: readonly ShallowPlacement[];
  private readonly placeOf: ReadonlyMap<string, number>;
  private readonly ahead: Map<string, ShallowPlacement>;
  /** Places before this one are counted, or about to be. */
  private begunTo = 0;
  /** Places before this one are counted. */
  private countedTo = 0;
  private counted: Promise<void> = Promise.resolve();
  /** Places before this one may have been asked for. */
  private askedTo: number;
  private isStopped = false;

  /**
   * @param open in the order in which they are asked for
   * @param askedAhead of what has come so many more have been asked for (`ASKED_AHEAD`)
   * @param least messages that are read in any case
   */
  constructor(
    private readonly account: FolderRow['accountId'],
    open: ReadonlyMap<string, ShallowPlacement>,
    private readonly askedAhead: number,
    private readonly least: number,
    private readonly ports: TriesPorts,
  ) {
    this.placements = [...open.values()];
    this.placeOf = new Map([...open.keys()].map((id, place) => [id, place]));
    this.ahead = new Map(open);
    this.askedTo = askedAhead;
  }

  /** @throws what `work` threw, or the database */
  async during(work: () => Promise<void>): Promise<void> {
    this.countTo(Math.max(BLOCK, this.askedAhead));
    await this.counted;
    try {
      await work();
      await this.counted;
    } catch (error) {
      await this.counted.catch(() => undefined);
      // What a server answers about itself says nothing about the mails. A line that drops may: some mails kill servers; and so may a database that fails.
      // What has come is about to be stored, or stored already: there is nothing to take back.
      const open = [...this.ahead.values()];
      const untried = isServersAnswer(error) ? open : open.filter(({ id }) => this.placeIn(id) >= this.askedTo);
      // What went wrong first is what counts.
      await this.takeBack(untried).catch(() => undefined);
      throw error;
    }
    const rest = [...this.ahead.values()];
    if (this.isStopped) await this.takeBack(rest);
    // The lease may be another node's by now.
    else if (this.ports.signal?.aborted) await this.takeBack(rest).catch(() => undefined);
  }

  /** What a session gives; whatever the next pull makes it ask for is counted before. */
  async *counting<T extends { readonly id: string }>(given: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const one of given) {
      const asked = this.placeIn(one.id) + 1 + this.askedAhead;
      if (asked + BLOCK > this.begunTo) this.countTo(this.begunTo + BLOCK);
      if (asked > this.countedTo) await this.counted;
      yield one;
    }
  }

  /** Whether to go on after this message. */
  goesOn({ id }: ShallowPlacement): boolean {
    this.ahead.delete(id);
    this.askedTo = Math.max(this.askedTo, this.placeIn(id) + 1 + this.askedAhead);
    const isEnough = this.ahead.size <= this.placements.length - this.least;
    this.isStopped = isEnough && this.ports.mayGoOn?.() === false;
    return !this.isStopped;
  }

  /** A try that was none. */
  async excuse(placementId: number): Promise<void> {
    await this.ports.store.countAttempts(this.account, [placementId], -1);
  }

  private placeIn(id: string): number {
    return this.placeOf.get(id) ?? 0;
  }

  private countTo(place: number): void {
    const ids = this.placements.slice(this.begunTo, place).map(({ placementId }) => placementId);
    if (ids.length === 0) return;
    this.begunTo += ids.length;
    const to = this.begunTo;
    const { store, tried } = this.ports;
    this.counted = this.counted.then(async () => {
      await store.countAttempts(this.account, ids, 1);
      for (const id of ids) tried?.set(id, (tried.get(id) ?? 0) + 1);
      this.countedTo = to;
    });
    // Heard by whoever waits for it; until then nobody listens.
    this.counted.catch(() => undefined);
  }

  private async takeBack(untried: readonly ShallowPlacement[]): Promise<void> {
    const counted = untried.filter(({ id }) => this.placeIn(id) < this.countedTo);
    const ids = counted.map(({ placementId }) => placementId);
    const { store, tried } = this.ports;
    for (const id of ids) tried?.set(id, (tried.get(id) ?? 1) - 1);
    await store.countAttempts(this.account, ids, -1);
  }
}

const SERVERS_ANSWER: readonly ErrorKind[] = ['transient', 'auth-required', 'configuration', 'permission'];

function isServersAnswer(error: unknown): boolean {
  if (!(error instanceof MailError) || error.code === 'EMAIL_CONNECTION_LOST') return false;
  return error.code === 'EMAIL_FOLDER_BUSY' || SERVERS_ANSWER.includes(error.kind);
}
