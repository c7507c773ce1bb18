import { MailError } from '../src/server/errors/mail-error';
import type { AccountId, UserId } from '../src/server/mail/ids';
import type { AccountRow, FolderRow } from '../src/server/ports/records';
import type { MessageStore } from '../src/server/ports/stores';
import { ImapSession } from '../src/server/providers/imap/session';
import { DatabaseMessageStore } from '../src/server/runtime/database-message-store';
import type { Claim } from '../src/server/runtime/live-account';
import type { Tables } from '../src/server/runtime/tables';
import { pushOperations, waitingChanges } from '../src/server/sync/push-operations';
import { FolderTrouble } from '../src/server/sync/folder-trouble';
import { Rethreading } from '../src/server/sync/rethread-account';
import { catchUp, syncAccount, syncNow, tidy, type AccountSyncPorts } from '../src/server/sync/sync-account';
import { Death, isSick, mortal, sicknessOf, watched, type Sickness } from './accidents';
import { churn, flagSome, meddle } from './churn';
import { Identities } from './identities';
import { Meant } from './meant';
import { pick, seeded } from './random';
import { ScriptedClient, type Between, type Refuses } from './scripted-client';
import { featuresOf, ScriptedServer } from './scripted-server';
import { judge, type Verdict } from './verdict';

const STEPS = 10;
const QUIET_PASSES = 5;
const STILL_PASSES = 2;
const GOES_ON = 0.9;
/** Between two reads of a worker somebody does something. */
const INTERRUPTION = 0.3;
/** As long as anything waits; with CONDSTORE nothing is compared as a whole for so short a time, and everything has to be right without. */
const HOUR_MS = 61 * 60_000;
const DAY_MS = 25 * 60 * 60_000;
const CUT = 0.01;
const NOISE = 0.02;
const READING = 0.05;

/** One mailbox, what happens to it, and our copy of it. */
export class History {
  readonly server: ScriptedServer;
  readonly meant: Meant;
  readonly identities: Identities;
  private readonly random: () => number;
  private account!: AccountRow;
  private claim: Claim = { node: 'node-1', fence: 1 };
  /** Of our own era, since the database stamps rows with it. */
  private time = Date.now();
  private isSettling = false;
  private readonly folderTrouble = new FolderTrouble();
  /** Writes of a node that had lost its lease; there must be none. */
  zombieWrites = 0;
  /** Half of the histories are over in hours, the others last for days. */
  private readonly isShort: boolean;
  /** So small that folders are compared in many slices, and rarely in one look. */
  private readonly budget: number;
  private readonly sliceSize: number;
  private readonly batch: number;
  /** Of what goes on beside the line, so that a seed tells the same story however fast the database is. */
  private readonly deaths: () => number;
  private readonly wishes: () => number;
  private readonly interruptions: () => number;
  private readonly refusals: () => number;
  private readonly sickness: Sickness;

  constructor(
    private readonly tables: Tables,
    readonly seed: number,
  ) {
    this.random = seeded(seed);
    this.deaths = seeded(~seed);
    this.wishes = seeded(seed ^ 0x55555555);
    this.interruptions = seeded(seed ^ 0x33333333);
    this.refusals = seeded(seed ^ 0x0f0f0f0f);
    this.isShort = (seed >> 2) % 2 === 1;
    this.budget = 3 + Math.floor(this.random() * 48);
    this.sliceSize = 1 + Math.floor(this.random() * 10);
    this.batch = 1 + Math.floor(this.random() * 4);
    this.server = new ScriptedServer(featuresOf(seed));
    this.sickness = sicknessOf(seed, this.server.features, this.isShort);
    this.meant = new Meant(this.server);
    this.identities = new Identities(this.server);
  }

  get accountId(): AccountId {
    return this.account.id;
  }

  async run(): Promise<void> {
    await this.begin();
    for (let step = 0; step < STEPS; step += 1) {
      churn(this.server, this.random, Math.floor(this.random() * 6));
      await meddle(this.tables, this.account, this.random, this.meant);
      // Before the server hears of it.
      if (this.random() < 0.5) churn(this.server, this.random, Math.floor(this.random() * 4));
      if (this.random() < 0.15) await this.takeOver();
      else await this.pass(this.storeOf(this.claim), () => this.trouble());
      await this.identities.look(this.tables, this.account.id);
    }
    await this.settle();
  }

  /** What has come of it, so far. */
  judge(): Promise<Verdict> {
    return judge(this.tables, this.account.id, this.server, this.meant, this.identities);
  }

  /** Passes in which nothing happens, until both sides are equal; two more must leave it so. */
  private async settle(): Promise<void> {
    this.isSettling = true;
    for (let left = this.quietPasses(); left > 0; left -= 1) {
      await this.quietPass();
      await this.identities.look(this.tables, this.account.id);
      if ((await this.judge()).first === null) break;
    }
    for (let more = STILL_PASSES; more > 0; more -= 1) await this.quietPass();
  }

  /** A comparison that was interrupted goes through, and another one after it, whatever fits into a look. */
  private quietPasses(): number {
    const largest = Math.max(...[...this.server.folders.values()].map(({ messages }) => messages.length));
    return QUIET_PASSES + 2 * Math.ceil(largest / this.budget);
  }

  private async begin(): Promise<void> {
    for (const path of ['INBOX', 'Archive', 'Trash', 'Work']) this.server.create(path);
    for (let count = Math.floor(this.random() * 40); count > 0; count -= 1)
      this.server.deliver(pick(['INBOX', 'Archive', 'Work'], this.random) ?? 'INBOX');
    const values = {
      userId: 1 as UserId,
      provider: 'sim',
      subject: `s${this.seed}`,
      address: 'me@sim.test',
      displayName: '',
    };
    this.account = await this.tables.accounts.insert({ ...values, state: 'active', attempts: 0, syncSince: null });
    const lease = {
      accountId: this.account.id,
      owner: this.claim.node,
      fence: this.claim.fence,
      until: 0,
      requestedAt: 0,
    };
    await this.tables.leases.insert(lease);
  }

  /** The line may be cut, and others may be at work, at every step of the protocol. */
  private trouble(): void {
    if (this.random() < NOISE) churn(this.server, this.random, 1);
    if (this.random() < READING) flagSome(this.server, this.random);
    if (this.random() < CUT) throw new Error('cut');
  }

  private storeOf(claim: Claim): MessageStore {
    return mortal(new DatabaseMessageStore(this.tables, claim), this.deaths);
  }

  /** A node stands still in the middle of its pass; another one takes the account, and then the first one wakes. */
  private async takeOver(): Promise<void> {
    const old = this.claim;
    let isLost = false;
    const seen = watched(
      this.tables,
      () => isLost,
      () => (this.zombieWrites += 1),
    );
    const asleep = new DatabaseMessageStore(seen, old);
    const atStep = Math.floor(this.random() * 30);
    const next = { node: `node-${old.fence + 1}`, fence: old.fence + 1 };
    let step = 0;
    let takeover: Promise<void> | null = null;
    const zombie = this.pass(asleep, () => {
      step += 1;
      if (step >= atStep) takeover ??= this.lose(next).then(() => void (isLost = true));
    });
    let isOver = false;
    const ended = zombie.finally(() => (isOver = true));
    await until(() => takeover !== null || isOver);
    await (takeover ?? this.lose(next));
    this.claim = next;
    await Promise.all([ended, this.pass(new DatabaseMessageStore(this.tables, next), () => undefined)]);
  }

  private async lose({ node, fence }: Claim): Promise<void> {
    await this.tables.leases.update({ owner: node, fence }, { accountId: this.account.id });
  }

  /** @param mayGoOn false when somebody wants something else while mail is being read */
  private async pass(
    store: MessageStore,
    between: Between,
    mayGoOn: () => boolean = () => this.wishes() < GOES_ON,
  ): Promise<void> {
    const refuses: Refuses = (message) => !this.isSettling && isSick(this.sickness, message, this.refusals);
    const open = (): ImapSession =>
      new ImapSession(new ScriptedClient(this.server, between, refuses).asClient(), this.sliceSize, this.batch);
    const session = open();
    try {
      await this.work(session, store, open, mayGoOn);
    } catch (error) {
      // The line, the process, the lease: all of them are tried again. A fault of ours is not.
      if (!(error instanceof Death) && !(error instanceof MailError)) throw error;
      if (error instanceof MailError && error.code === 'EMAIL_UNEXPECTED') throw error;
    } finally {
      await session.close();
    }
  }

  private async work(
    session: ImapSession,
    store: MessageStore,
    open: () => ImapSession,
    mayGoOn: () => boolean,
  ): Promise<void> {
    const ports = this.portsOf(session, store, open);
    const known = await this.tell(session, store, ports);
    // Looked for beside the list of folders, as a pass that was asked for does.
    const aside = async (): Promise<unknown> => {
      await this.interrupt();
      return this.interruptions() < 0.5 && store.forgetAttempts(this.account.id, 1);
    };
    await syncAccount(this.account, ports, known, aside);
    if (await catchUp(this.account, ports, mayGoOn)) await tidy(this.account, ports, null);
  }

  /**
   * What a worker does before a pass (before-pass.ts), with somebody who does something between any two of its reads.
   * @returns folders as they were read, unless the server was told of something since
   */
  private async tell(
    session: ImapSession,
    store: MessageStore,
    ports: AccountSyncPorts,
  ): Promise<readonly FolderRow[] | undefined> {
    const reads = {
      folders: () => store.folders(this.account.id),
      waiting: () => waitingChanges(this.account.id, store),
    };
    const isEarly = this.interruptions() < 0.5;
    const early = isEarly ? await reads.folders() : null;
    if (isEarly) await this.interrupt();
    const waiting = await reads.waiting();
    await this.interrupt();
    const known = early ?? (await reads.folders());
    if (waiting.operations.length === 0 && waiting.last === null) return known;
    const refused = async (): Promise<void> => undefined;
    for (const folder of await pushOperations(this.account.id, { session, store, refused }, waiting))
      await syncNow(this.account, folder, [], ports);
    return undefined;
  }

  private async interrupt(): Promise<void> {
    if (!this.isSettling && this.interruptions() < INTERRUPTION)
      await meddle(this.tables, this.account, this.interruptions, this.meant);
  }

  private portsOf(session: ImapSession, store: MessageStore, open: () => ImapSession): AccountSyncPorts {
    return {
      session,
      store,
      budget: this.budget,
      batch: this.batch,
      few: this.batch,
      // Half of the histories read mails whole at once, the others their headers first.
      smallBytes: this.seed % 2 === 0 ? undefined : 0,
      pause: () => Promise.resolve(),
      now: () => (this.time += this.isShort ? 1_000 : 60_000),
      freshSession: async () => {
        const fresh = open();
        return { session: fresh, close: () => fresh.close() };
      },
      signal: new AbortController().signal,
      trouble: this.folderTrouble,
      tried: new Map(),
      refusals: this.folderTrouble.refusals,
      rethreading: new Rethreading((error) => {
        throw error.cause instanceof Error ? error.cause : error;
      }),
      changed: () => undefined,
      folderFailed: (folder, error, until) => store.markFolder(folder, error.code, this.time, until),
      folderLooked: () => Promise.resolve(),
    };
  }

  /** Nothing happens but our own work; time goes by: days where only comparing all mails can tell. */
  private async quietPass(): Promise<void> {
    this.time += this.isShort && !this.server.doubles.isThere ? HOUR_MS : DAY_MS;
    const nothing = (): void => undefined;
    await this.pass(new DatabaseMessageStore(this.tables, this.claim), nothing, () => true);
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
