import { EventEmitter } from 'node:events';
import type { FetchMessageObject, ListResponse, MailboxObject } from 'imapflow';
import type { ImapClient } from '../src/server/providers/imap/client';
import type { ScriptedServer, ServerFolder, ServerMessage } from './scripted-server';
import { uidsOf } from './uids-of';

/** Header block of a mail: enough for a list, for conversations, and to tell it from every other. With a number below zero it has no Message-ID. */
export function headerOf(content: number): string {
  if (content < 0) return `From: a@sim.test\r\nTo: me@sim.test\r\nSubject: nameless ${-content}\r\n\r\n`;
  const parent = content % 4 === 0 ? `In-Reply-To: <m${content - 1}@sim>\r\n` : '';
  return `Received: by mx.sim with id ${content}\r\nFrom: a${content % 7}@sim.test\r\nTo: me@sim.test\r\nSubject: mail ${content}\r\nMessage-ID: <m${content}@sim>\r\n${parent}Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n\r\n`;
}

export const bodyOf = (content: number): string => `Hello from ${content}\r\n`;

/** Called before every step of the protocol. It may change the server, or throw: then the line is cut. */
export type Between = () => void;

/** Whether the server refuses the FETCH that asks for this message; the line lives on. */
export type Refuses = (message: ServerMessage) => boolean;

interface Selected {
  readonly path: string;
  readonly folder: ServerFolder;
  readonly uidValidity: number;
  /** UIDs by sequence number, as this connection was told. */
  view: number[];
  readonly readOnly: boolean;
  /** MODSEQ up to which it was told of flags. */
  told: number;
}

/** As Exchange says it of an item that it cannot read. */
const REFUSED = { responseStatus: 'NO', responseText: 'Server Unavailable. 15' };

/** What imapflow shows us of a server, without the network: the same calls, events, and silence where it is silent. */
export class ScriptedClient extends EventEmitter {
  usable = true;
  mailbox: MailboxObject | false = false;
  readonly capabilities: Map<string, boolean | number>;
  readonly enabled: Set<string>;
  private selected: Selected | null = null;
  private readonly onChange = (path: string): void => this.hear(path);
  private isIdle = false;

  constructor(
    private readonly server: ScriptedServer,
    private readonly between: Between = () => undefined,
    private readonly refuses: Refuses = () => false,
  ) {
    super();
    this.setMaxListeners(0);
    const { features } = server;
    this.capabilities = new Map([['MOVE', true], ...(features.objectId ? ([['OBJECTID', true]] as const) : [])]);
    this.enabled = new Set([
      ...(features.condstore || features.qresync ? ['CONDSTORE'] : []),
      ...(features.qresync ? ['QRESYNC'] : []),
    ]);
    server.on('change', this.onChange);
  }

  asClient(): ImapClient {
    return this as unknown as ImapClient;
  }

  close(): void {
    this.usable = false;
    this.server.off('change', this.onChange);
    this.emit('close');
  }

  private step(): void {
    if (!this.usable) throw noConnection();
    try {
      this.between();
    } catch {
      this.close();
      throw noConnection();
    }
  }

  private canStep(): boolean {
    try {
      this.step();
      return true;
    } catch {
      return false;
    }
  }

  /** What was done may stay unheard: the line is cut before the server says so. */
  private canAnswer(): boolean {
    return this.canStep();
  }

  async list({ statusQuery }: { readonly statusQuery?: object } = {}): Promise<ListResponse[]> {
    this.step();
    const { features } = this.server;
    return [...this.server.folders].map(([path, folder]) => ({
      path,
      pathAsListed: path,
      name: path,
      delimiter: '/',
      parent: [],
      parentPath: '',
      flags: new Set<string>(),
      listed: true,
      subscribed: true,
      specialUse: path === 'Trash' ? '\\Trash' : path === 'Archive' ? '\\Archive' : undefined,
      status: statusQuery && {
        path,
        messages: folder.messages.length,
        uidNext: features.uidNext ? folder.uidNext : undefined,
        uidValidity: BigInt(folder.uidValidity),
        unseen: folder.messages.filter(({ flags }) => !flags.has('\\Seen')).length,
        highestModseq: features.condstore ? BigInt(folder.modseq) : undefined,
      },
    }));
  }

  async mailboxOpen(path: string, { readOnly = false } = {}): Promise<MailboxObject> {
    this.step();
    this.isIdle = false;
    const folder = this.server.need(path);
    const { features } = this.server;
    this.selected = {
      path,
      folder,
      uidValidity: folder.uidValidity,
      view: folder.messages.map(({ uid }) => uid),
      readOnly,
      told: folder.modseq,
    };
    this.mailbox = {
      path,
      exists: folder.messages.length,
      uidNext: features.uidNext ? folder.uidNext : 0,
      uidValidity: BigInt(folder.uidValidity),
      ...(features.condstore ? { highestModseq: BigInt(folder.modseq) } : { noModseq: true }),
      ...(features.objectId ? { mailboxId: folder.objectId } : {}),
    } as unknown as MailboxObject;
    return this.mailbox;
  }

  async *fetch(
    range: string,
    query: Record<string, unknown>,
    options: { uid?: boolean; changedSince?: bigint } = {},
  ): AsyncGenerator<FetchMessageObject> {
    // On a line that has ended imapflow answers nothing at all, and no error.
    if (!this.canStep() || !this.mailbox) return;
    const now = this.here();
    if (options.uid && options.changedSince !== undefined) this.tellVanished(now, Number(options.changedSince));
    const wanted = uidsOf(range, now, options.uid === true);
    let isRefused = false;
    for (const uid of wanted) {
      this.step();
      this.here();
      yield* this.unasked(now);
      const message = now.folder.messages.find((one) => one.uid === uid);
      if (!message || message.modseq <= Number(options.changedSince ?? -1)) continue;
      if (!this.refuses(message)) yield this.answer(message, now, query);
      else isRefused = true;
    }
    this.step();
    this.here();
    yield* this.unasked(now);
    if (isRefused) throw Object.assign(new Error('NO'), REFUSED);
  }

  /** RFC 7162 §3.2.6. */
  private tellVanished({ path, folder }: Selected, since: number): void {
    if (!this.enabled.has('QRESYNC')) return;
    for (const { uid, modseq } of folder.vanished)
      if (modseq > since) this.emit('expunge', { path, uid, vanished: true, earlier: true });
  }

  /**
   * Flags that somebody else has changed: a server tells of them in the middle of any FETCH (RFC 9051 §7.5.2), and imapflow cannot tell such a
   * line from an answer. With CONDSTORE servers add the UID (RFC 7162 §3.2.4).
   */
  private *unasked(now: Selected): Generator<FetchMessageObject> {
    const news = now.folder.messages.filter(({ uid, modseq }) => modseq > now.told && now.view.includes(uid));
    now.told = now.folder.modseq;
    for (const { uid, flags } of news) {
      const line = { seq: now.view.indexOf(uid) + 1, flags: new Set(flags) };
      yield (this.enabled.has('CONDSTORE') ? { ...line, uid } : line) as FetchMessageObject;
    }
  }

  async fetchAll(
    range: string,
    query: Record<string, unknown>,
    options?: { uid?: boolean },
  ): Promise<FetchMessageObject[]> {
    const all: FetchMessageObject[] = [];
    for await (const message of this.fetch(range, query, options)) all.push(message);
    return all;
  }

  private answer(message: ServerMessage, now: Selected, query: Record<string, unknown>): FetchMessageObject {
    const raw = headerOf(message.content) + bodyOf(message.content);
    // What came since is announced by EXISTS before it is told of.
    if (!now.view.includes(message.uid)) now.view.push(message.uid);
    return {
      seq: now.view.indexOf(message.uid) + 1,
      uid: message.uid,
      modseq: BigInt(message.modseq),
      size: message.size,
      flags: new Set(message.flags),
      internalDate: message.receivedAt,
      ...(this.server.features.objectId ? { emailId: `E${message.content}` } : {}),
      ...(query.headers ? { headers: Buffer.from(headerOf(message.content)) } : {}),
      ...(query.source ? { source: Buffer.from(raw) } : {}),
      ...(query.bodyStructure ? { bodyStructure: { type: 'text/plain', part: '1' } } : {}),
    };
  }

  async messageFlagsAdd(set: string, flags: string[]): Promise<boolean> {
    return this.change(set, (has) => flags.forEach((flag) => has.add(flag)));
  }

  async messageFlagsRemove(set: string, flags: string[]): Promise<boolean> {
    return this.change(set, (has) => flags.forEach((flag) => has.delete(flag)));
  }

  private change(set: string, how: (flags: Set<string>) => void): boolean {
    // imapflow resolves `false` where STORE failed.
    const now = this.canStep() && this.hereOrNull();
    if (!now) return false;
    const uids = new Set(uidsOf(set, now, true));
    this.server.note('flag', now.path, uids);
    this.server.setFlags(now.path, uids, how);
    return this.canAnswer();
  }

  async messageMove(set: string, target: string): Promise<object | false> {
    const now = this.canStep() && this.hereOrNull();
    const there = this.server.folders.get(target);
    if (!now || !there) return false;
    const uids = new Set(uidsOf(set, now, true));
    this.server.note('move', now.path, uids);
    const uidMap = this.server.move(now.path, uids, target);
    if (!this.canAnswer()) return false;
    const copied = { path: now.path, destination: target };
    return this.server.features.uidplus && uidMap.size > 0
      ? { ...copied, uidMap, uidValidity: BigInt(there.uidValidity) }
      : copied;
  }

  async messageDelete(set: string): Promise<boolean> {
    const now = this.canStep() && this.hereOrNull();
    if (!now) return false;
    const uids = new Set(uidsOf(set, now, true));
    this.server.note('erase', now.path, uids);
    this.server.expunge(now.path, uids);
    return this.canAnswer();
  }

  async idle(): Promise<boolean> {
    this.isIdle = true;
    return new Promise(() => undefined);
  }

  private hear(path: string): void {
    if (!this.isIdle || this.selected?.path !== path) return;
    setImmediate(() => this.emit('exists', { path }));
  }

  private hereOrNull(): Selected | null {
    try {
      return this.here();
    } catch {
      return null;
    }
  }

  private here(): Selected {
    if (!this.selected) throw new Error('nothing selected');
    const current = this.server.folders.get(this.selected.path);
    // Deleted or renamed while it was open: servers answer NO from here on.
    if (current !== this.selected.folder)
      throw Object.assign(new Error('gone'), { responseStatus: 'NO', responseText: "Mailbox doesn't exist" });
    // UIDs that begin anew under a selected folder: the server ends the session (RFC 9051 §2.3.1.1 knows no other way).
    if (this.selected.uidValidity !== this.selected.folder.uidValidity) {
      this.close();
      throw noConnection();
    }
    return this.selected;
  }
}

function noConnection(): Error {
  return Object.assign(new Error('Connection not available'), { code: 'NoConnection' });
}
