import type { UserId } from '../../src/server/mail/ids';
import type { AccountRow, FolderRow } from '../../src/server/ports/records';
import { ImapSession } from '../../src/server/providers/imap/session';
import { DatabaseMailChanges } from '../../src/server/runtime/database-mail-changes';
import { DatabaseMessageStore } from '../../src/server/runtime/database-message-store';
import type { Tables } from '../../src/server/runtime/tables';
import { PushRecord, pushOperations } from '../../src/server/sync/push-operations';
import { FolderTrouble } from '../../src/server/sync/folder-trouble';
import { Rethreading } from '../../src/server/sync/rethread-account';
import {
  catchUp,
  guarded,
  syncAccount,
  syncNow,
  tidy,
  type AccountSyncPorts,
} from '../../src/server/sync/sync-account';
import { openLocalCopy } from '../local-copy';
import { ScriptedClient } from '../scripted-client';
import { ScriptedServer, type ServerFeatures } from '../scripted-server';

/** Like Exchange: no CONDSTORE, but UIDPLUS. */
export const PLAIN: ServerFeatures = {
  condstore: false,
  qresync: false,
  uidplus: true,
  objectId: false,
  uidNext: true,
};

/** So long that everything is compared again. */
const LONG_MS = 40 * 60_000;

/** One scripted mailbox and our copy of it, without trouble: what a worker does, step by step, for tests. */
export class OneMailbox {
  readonly server: ScriptedServer;
  readonly changes: DatabaseMailChanges;
  /** Of our own era, since the database stamps rows with it. */
  time = Date.now();
  /** Ranges that were fetched, in the order in which the server was asked. */
  fetched: string[] = [];
  /** UIDs that the server counts and does not show yet (Q6). */
  readonly hidden = new Set<number>();
  private readonly record = new PushRecord();
  private readonly refusals = new Map<number, number>();

  private constructor(
    readonly tables: Tables,
    readonly close: () => Promise<void>,
    readonly account: AccountRow,
    features: ServerFeatures,
  ) {
    this.server = new ScriptedServer(features);
    for (const path of ['INBOX', 'Archive']) this.server.create(path);
    this.changes = new DatabaseMailChanges(tables);
  }

  static async open(features: ServerFeatures = PLAIN): Promise<OneMailbox> {
    const { tables, close } = await openLocalCopy();
    const values = { userId: 1 as UserId, provider: 'sim', subject: 's', address: 'me@sim.test', displayName: '' };
    const account = await tables.accounts.insert({ ...values, state: 'active', attempts: 0, syncSince: null });
    return new OneMailbox(tables, close, account, features);
  }

  /** @param sliceSize messages in a slice */
  session(sliceSize?: number): ImapSession {
    const client = new ScriptedClient(this.server);
    const fetch = client.fetch.bind(client);
    const { fetched, hidden } = this.watched();
    client.fetch = async function* (range, query, options) {
      fetched(range);
      for await (const message of fetch(range, query, options)) if (!hidden.has(message.uid)) yield message;
    };
    return new ImapSession(client.asClient(), sliceSize);
  }

  /** A look at one folder, as after a pass. */
  async look(path: string, more: Partial<AccountSyncPorts> = {}, session = this.session()): Promise<void> {
    await syncNow(this.account, await this.folder(path), [], { ...this.ports(session), ...more });
    await session.close();
  }

  private watched(): { fetched: (range: string) => void; hidden: ReadonlySet<number> } {
    return { fetched: (range) => void this.fetched.push(range), hidden: this.hidden };
  }

  /** Changes made here go to the server. */
  async push(session = this.session()): Promise<void> {
    const ports = this.ports(session);
    const refused = async (): Promise<void> => undefined;
    for (const folder of await pushOperations(this.account.id, { ...ports, refused, record: this.record }))
      await guarded(folder, ports, async () => void (await syncNow(this.account, folder, [], ports)));
    await session.close();
  }

  /** Lists what is there, and reads none of it. */
  async list(): Promise<void> {
    const session = this.session();
    session.heads = async function* () {};
    session.contents = async function* () {};
    await syncAccount(this.account, this.ports(session));
    await session.close();
  }

  /** A whole pass, bodies included. */
  async pass(more: Partial<AccountSyncPorts> & { readonly session?: ImapSession } = {}): Promise<void> {
    const session = more.session ?? this.session();
    const ports = { ...this.ports(session), ...more };
    await syncAccount(this.account, ports);
    await catchUp(this.account, ports, () => true);
    await tidy(this.account, ports, null);
    await session.close();
  }

  /** The end of a pass, alone. */
  async tidy(): Promise<void> {
    await tidy(this.account, this.ports(this.session()), null);
  }

  async folder(path: string): Promise<FolderRow> {
    return (await this.tables.folders.first({ accountId: this.account.id, path })) as FolderRow;
  }

  async uids(path: string): Promise<number[]> {
    const rows = await this.tables.placements.find({ folderId: (await this.folder(path)).id }, { order: ['uid'] });
    return rows.map(({ uid }) => uid);
  }

  /** Conversations in which the messages with these UIDs lie. */
  async threadsOf(path: string, uids: readonly number[]): Promise<number[]> {
    const { id } = await this.folder(path);
    const rows = await this.tables.placements.find({ folderId: id, uid: [...uids] });
    return [...new Set(rows.flatMap(({ threadId }) => threadId ?? []))];
  }

  /** Content, UID and flags of what lies in a folder of the server. */
  thereIn(path: string): string[] {
    return this.server.need(path).messages.map(({ uid, flags, content }) => `${content}:${uid}:${[...flags].join()}`);
  }

  /** Passes with time between them, each after what waits was told. */
  async onwards(passes: number, open: () => ImapSession = () => this.session()): Promise<void> {
    for (let left = passes; left > 0; left -= 1) {
      this.time += LONG_MS;
      await this.push();
      await this.pass({ session: open() });
    }
  }

  private ports(session: ImapSession): AccountSyncPorts {
    const nothing = async (): Promise<void> => undefined;
    const store = new DatabaseMessageStore(this.tables);
    return {
      session,
      store,
      now: () => (this.time += 1_000),
      freshSession: async () => {
        const fresh = this.session();
        return { session: fresh, close: () => fresh.close() };
      },
      signal: new AbortController().signal,
      trouble: new FolderTrouble(),
      tried: new Map(),
      refusals: this.refusals,
      rethreading: new Rethreading((error) => {
        throw error.cause instanceof Error ? error.cause : error;
      }),
      changed: () => undefined,
      folderFailed: (folder, error, until) => store.markFolder(folder, error.code, this.time, until),
      folderLooked: nothing,
    };
  }
}

/** What somebody does when the server has moved mail, before we hear of it. */
export function whileMoving(session: ImapSession, work: () => Promise<unknown>): ImapSession {
  const move = session.move.bind(session);
  session.move = async (...how) => {
    const answer = await move(...how);
    await work();
    return answer;
  };
  return session;
}
