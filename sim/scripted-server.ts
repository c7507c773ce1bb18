import { EventEmitter } from 'node:events';
import { Doubles } from './doubles';

/** One message on the scripted server. `content` says which mail it is, wherever it lies. */
export interface ServerMessage {
  readonly uid: number;
  readonly content: number;
  /** Which of its copies this is: the same wherever it is moved to. */
  readonly copy: number;
  readonly receivedAt: Date;
  readonly size: number;
  flags: Set<string>;
  modseq: number;
}

export interface ServerFolder {
  readonly objectId: string;
  uidValidity: number;
  uidNext: number;
  modseq: number;
  messages: ServerMessage[];
  vanished: { uid: number; modseq: number }[];
}

/** What our side does to mails. */
export type Doing = 'flag' | 'move' | 'erase';

/** No two mails are equally large. */
const sizeOf = (content: number): number => 500 + content;

export const contentOfSize = (size: number): number => size - 500;

export interface Done {
  readonly what: Doing;
  readonly content: number;
  readonly copy: number;
  /** Copies of the same mail in the same folder are the same to everybody. */
  readonly isLike: (copy: number) => boolean;
}

/** What the server knows beyond IMAP4rev1. */
export interface ServerFeatures {
  readonly condstore: boolean;
  readonly qresync: boolean;
  readonly uidplus: boolean;
  readonly objectId: boolean;
  /** Some servers never say UIDNEXT. */
  readonly uidNext: boolean;
  /** On some all folders have the same UIDVALIDITY until their UIDs begin anew. */
  readonly oneEpoch?: boolean;
}

/** What the server of a history can do. */
export function featuresOf(seed: number): ServerFeatures {
  const kind = seed % 4;
  return {
    condstore: kind >= 2,
    qresync: kind === 3,
    uidplus: seed % 3 !== 0,
    objectId: seed % 5 === 0,
    uidNext: kind !== 1 || seed % 7 !== 0,
    oneEpoch: seed % 11 === 5,
  };
}

/**
 * A mailbox that does what RFC 9051 allows, and what other programs do to it. Connections look at it through `ScriptedClient`.
 * Emits `change` with a folder's path.
 */
export class ScriptedServer extends EventEmitter {
  /** What connections of ours had done. */
  readonly done: Done[] = [];
  /** Counts what happens, by whomever. */
  stamp = 0;
  /** When a copy was last moved, or its folder renamed or its UIDs begun anew. */
  private readonly disturbed = new Map<number, number>();
  /** Which copies have ever lain in which folder. */
  private readonly lain = new Set<string>();
  private lastCopy = 0;
  readonly folders = new Map<string, ServerFolder>();
  readonly doubles = new Doubles();
  private lastObject = 0;
  private lastValidity = 100;
  private lastContent = 0;
  private lastSecond = Date.UTC(2026, 0, 1);

  constructor(readonly features: ServerFeatures) {
    super();
    this.setMaxListeners(0);
  }

  create(path: string, uidValidity?: number): ServerFolder {
    const folder: ServerFolder = {
      objectId: `F${(this.lastObject += 1)}`,
      // Folders made in the same second get the same value: it is no identity (Dovecot does so).
      uidValidity: uidValidity ?? (this.features.oneEpoch ? 1 : (this.lastValidity += 1)),
      uidNext: 1,
      modseq: 1,
      messages: [],
      vanished: [],
    };
    this.folders.set(path, folder);
    return folder;
  }

  /** A new mail arrives; answers which one it is. */
  deliver(path: string, flags: readonly string[] = []): number {
    const content = (this.lastContent += 1);
    this.lastSecond += 1_000;
    this.put(path, { content, receivedAt: new Date(this.lastSecond), size: sizeOf(content), flags });
    return content;
  }

  /** @param copy which one it is, when it is moved */
  put(
    path: string,
    mail: { content: number; receivedAt: Date; size: number; flags: Iterable<string> },
    copy = (this.lastCopy += 1),
  ): number {
    const folder = this.need(path);
    const uid = folder.uidNext;
    folder.uidNext += 1;
    folder.modseq += 1;
    this.lain.add(`${folder.objectId} ${copy}`);
    folder.messages.push({ ...mail, copy, uid, flags: new Set(mail.flags), modseq: folder.modseq });
    this.changed(path);
    return uid;
  }

  setFlags(path: string, uids: ReadonlySet<number>, change: (flags: Set<string>) => void): void {
    const folder = this.need(path);
    for (const message of folder.messages) {
      if (!uids.has(message.uid)) continue;
      change(message.flags);
      folder.modseq += 1;
      message.modseq = folder.modseq;
    }
    this.changed(path);
  }

  expunge(path: string, uids: ReadonlySet<number>): void {
    const folder = this.need(path);
    for (const { uid } of folder.messages.filter((message) => uids.has(message.uid))) {
      folder.modseq += 1;
      folder.vanished.push({ uid, modseq: folder.modseq });
    }
    folder.messages = folder.messages.filter((message) => !uids.has(message.uid));
    this.changed(path);
  }

  /** Writes down what one of our connections is about to do. */
  note(what: Doing, path: string, uids: ReadonlySet<number>): void {
    const { objectId, messages } = this.need(path);
    const isLike = (copy: number): boolean => this.lain.has(`${objectId} ${copy}`);
    for (const { uid, content, copy } of messages) if (uids.has(uid)) this.done.push({ what, content, copy, isLike });
  }

  /** @returns old UID → new UID */
  copy(from: string, uids: ReadonlySet<number>, to: string): Map<number, number> {
    const map = new Map<number, number>();
    for (const message of this.need(from).messages.filter(({ uid }) => uids.has(uid)))
      map.set(message.uid, this.put(to, message));
    return map;
  }

  move(from: string, uids: ReadonlySet<number>, to: string): Map<number, number> {
    const map = new Map<number, number>();
    const going = this.need(from).messages.filter(({ uid }) => uids.has(uid));
    this.disturb(going);
    for (const message of going) map.set(message.uid, this.put(to, message, message.copy));
    this.expunge(from, new Set(map.keys()));
    return map;
  }

  /** The copy of a mail at this place (`copyAt`); all of its copies where it is not. */
  copiesAt(path: string, uidValidity: string, uid: number, content: number): number[] {
    const there = this.messagesAt(path, uidValidity).filter((one) => one.uid === uid && one.content === content);
    const some = there.length > 0 ? there : [...this.folders.values()].flatMap(({ messages }) => messages);
    return some.filter((one) => one.content === content).map(({ copy }) => copy);
  }

  private disturb(messages: readonly ServerMessage[]): void {
    this.stamp += 1;
    for (const { copy } of messages) this.disturbed.set(copy, this.stamp);
  }

  /**
   * The one copy at this place; null where there is none, or more than one place is so named.
   * @param path of the folder as it was known; it may have another one by now, but where all have one UIDVALIDITY nobody could tell
   */
  copyAt(path: string, uidValidity: string, uid: number, content: number): number | null {
    const there = this.messagesAt(path, uidValidity);
    const found = there.filter((one) => one.uid === uid && one.content === content);
    return found.length === 1 ? found[0].copy : null;
  }

  private messagesAt(path: string, uidValidity: string): ServerMessage[] {
    const { oneEpoch } = this.features;
    return [...this.folders].flatMap(([name, folder]) =>
      String(folder.uidValidity) === uidValidity && (!oneEpoch || name === path) ? folder.messages : [],
    );
  }

  /** Whether a copy is still there, and nobody has moved it since. */
  liesUndisturbed(copy: number, since: number): boolean {
    const isThere = [...this.folders.values()].some(({ messages }) => messages.some((one) => one.copy === copy));
    return isThere && (this.disturbed.get(copy) ?? 0) <= since;
  }

  rename(from: string, to: string): void {
    const folder = this.need(from);
    this.disturb(folder.messages);
    this.folders.delete(from);
    this.folders.set(to, folder);
    this.doubles.note(to, folder);
  }

  /** The same messages under other UIDs, as after a restored backup. */
  resetUids(path: string): void {
    const folder = this.need(path);
    this.disturb(folder.messages);
    folder.uidValidity = this.lastValidity += 1;
    folder.uidNext = 1;
    folder.vanished = [];
    folder.messages = folder.messages.map((message) => {
      folder.modseq += 1;
      const uid = folder.uidNext;
      folder.uidNext += 1;
      return { ...message, uid, modseq: folder.modseq };
    });
    this.doubles.note(path, folder);
  }

  /** Deleted and made again in the same second: the same UIDVALIDITY, other messages. */
  recreate(path: string): void {
    this.create(path, this.need(path).uidValidity);
  }

  private changed(path: string): void {
    this.doubles.note(path, this.need(path));
    this.emit('change', path);
  }

  need(path: string): ServerFolder {
    const folder = this.folders.get(path);
    if (!folder) throw Object.assign(new Error('no such folder'), { mailboxMissing: true, responseStatus: 'NO' });
    return folder;
  }
}
