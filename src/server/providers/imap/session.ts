import type { Readable } from 'node:stream';
import type { ErrorCode } from '../../../shared/error-codes';
import { asMailError, MailError } from '../../errors/mail-error';
import type { FlagChange } from '../../mail/flags';
import { splitRemoteId, type RemoteId } from '../../mail/ids';
import type { Standing } from '../../mail/standing';
import type { Connection } from '../../ports/provider';
import {
  ASKED_AHEAD,
  type Change,
  type FolderCursor,
  type FolderLook,
  type Look,
  type MailboxSession,
  type Manner,
  type Moved,
  type RemoteContent,
  type RemoteFolder,
  type RemoteHead,
} from '../../ports/session';
import type { ImapClient } from './client';
import { connectImap, lossOf, throttleError } from './connect';
import { fetchCarefully, fetchContents } from './contents';
import { imapError, saysNonexistent } from './errors';
import { FolderWatch } from './folder-watch';
import { fetchHeads } from './heads';
import { listFolders } from './list-folders';
import { moveMessages, refusalOf } from './move';
import { objectIdOf, observeFolder } from './observe';
import { partStream } from './part-stream';
import { refuseSilence } from './refuse-silence';
import { fetchStanding } from './standing';
import { uidSet } from './uid-set';

/** UIDs in one command: long enough to be quick, short enough for servers that limit a line to 8,000 octets. */
const MOST_UIDS = 500;

interface Selected {
  readonly path: string;
  readonly uidValidity: string;
  readonly objectId: string | null;
  readonly readOnly: boolean;
}

/** A mailbox over IMAP4rev1 (RFC 3501) with whatever the server offers beyond; relies on no extension but UID. */
export class ImapSession implements MailboxSession {
  private readonly watch: FolderWatch;
  /** What is selected, and how. */
  private selected: Selected | null = null;

  /**
   * @param sliceSize messages in a slice; by default what memory and transactions like
   * @param bodiesAtOnce messages whose bodies are asked for in one command, likewise
   */
  constructor(
    private readonly client: ImapClient,
    private readonly sliceSize?: number,
    private readonly bodiesAtOnce?: number,
  ) {
    refuseSilence(client);
    this.watch = new FolderWatch(client);
  }

  static async open(connection: Connection): Promise<ImapSession> {
    return new ImapSession(await connectImap(connection));
  }

  async listFolders(cursors: ReadonlyMap<string, FolderCursor>, asksStatus = true): Promise<RemoteFolder[]> {
    return this.attempt(() => listFolders(this.client, cursors, asksStatus));
  }

  async isNameOnly(path: string): Promise<boolean> {
    try {
      await this.open(path, true);
      return false;
    } catch (error) {
      const { code, cause } = asMailError(error);
      if (code === 'EMAIL_FOLDER_CHANGED') return saysNonexistent(cause);
      throw error;
    }
  }

  async observe(path: string, look: Look): Promise<FolderLook> {
    return this.inFolder(async () => {
      this.watch.reset();
      this.selected = null;
      const seen = await observeFolder(this.client, path, look, this.sliceSize);
      this.selected = { path, uidValidity: seen.epoch, objectId: seen.objectId, readOnly: true };
      return { ...seen, slices: this.translating(seen.slices) };
    });
  }

  async *heads(path: string, ids: readonly RemoteId[]): AsyncIterable<RemoteHead> {
    if (ids.length === 0) return;
    await this.select(path, splitRemoteId(ids[0]).uidValidity, true);
    yield* this.translating(fetchHeads(this.client, ids));
  }

  async *contents(path: string, ids: readonly RemoteId[], manner: Manner): AsyncIterable<RemoteContent> {
    if (ids.length === 0) return;
    await this.select(path, splitRemoteId(ids[0]).uidValidity, true);
    yield* this.translating(
      manner === 'careful'
        ? fetchCarefully(this.client, ids)
        : // One batch is worked on while the next is on its way.
          fetchContents(this.client, ids, this.bodiesAtOnce ?? ASKED_AHEAD[manner] / 2),
    );
  }

  async fetchPart(path: string, id: RemoteId, part: string): Promise<Readable> {
    const { uidValidity, uid } = splitRemoteId(id);
    await this.select(path, uidValidity, true);
    return this.attempt(() => partStream(this.client, uid, part, (error) => this.translated(error)));
  }

  async standing(
    path: string,
    ids: readonly RemoteId[],
    objectId: string | null,
  ): Promise<ReadonlyMap<RemoteId, Standing | null>> {
    const found = new Map<RemoteId, Standing | null>();
    const look = async (some: readonly RemoteId[]): Promise<void> => {
      const now = await this.select(path, splitRemoteId(some[0]).uidValidity, false);
      if (objectId !== null && now.objectId !== null && now.objectId !== objectId)
        throw new MailError('EMAIL_FOLDER_CHANGED');
      await this.inFolder(() => fetchStanding(this.client, some, found));
    };
    for (const some of inChunks(ids)) await look(some);
    // Servers under load have been seen to answer with less than there is.
    for (const some of inChunks(ids.filter((id) => !found.has(id)))) await look(some);
    return found;
  }

  async storeFlags(path: string, ids: readonly RemoteId[], change: FlagChange): Promise<void> {
    for (const some of inChunks(ids)) {
      await this.select(path, splitRemoteId(some[0]).uidValidity, false);
      const options = { uid: true, silent: true };
      await this.attempt(async () => {
        const set = uidSet(some);
        if (change.add.length > 0) this.accepted(await this.client.messageFlagsAdd(set, [...change.add], options));
        if (change.remove.length > 0)
          this.accepted(await this.client.messageFlagsRemove(set, [...change.remove], options));
      });
    }
  }

  async move(path: string, ids: readonly RemoteId[], target: string): Promise<Moved> {
    const moved = new Map<RemoteId, RemoteId>();
    for (const some of inChunks(ids)) {
      await this.select(path, splitRemoteId(some[0]).uidValidity, false);
      const part = await this.attempt(() => moveMessages(this.client, some, target));
      for (const [from, to] of part) moved.set(from, to);
    }
    return moved;
  }

  async erase(path: string, ids: readonly RemoteId[]): Promise<void> {
    for (const some of inChunks(ids)) {
      await this.select(path, splitRemoteId(some[0]).uidValidity, false);
      await this.attempt(async () => this.accepted(await this.client.messageDelete(uidSet(some), { uid: true })));
    }
  }

  async append(path: string, source: Buffer, flags: readonly string[]): Promise<void> {
    await this.attempt(async () => confirmed(await this.client.append(path, source, [...flags])));
  }

  async hasMessage(path: string, messageId: string): Promise<boolean> {
    return this.attempt(async () => {
      this.selected = null;
      const mailbox = await this.client.mailboxOpen(path, { readOnly: true });
      if (mailbox.exists === 0) return false;
      // Newest fifty by header instead of SEARCH: imapflow resolves `false` for a failed SEARCH (rig guide §3.1).
      const from = Math.max(1, mailbox.exists - 49);
      for await (const message of this.client.fetch(`${from}:*`, {
        uid: true,
        headers: ['message-id', 'x-email-manager-id'],
      })) {
        if (message.headers?.toString('utf8').includes(messageId)) return true;
      }
      return false;
    });
  }

  async waitForChange(path: string, signal: AbortSignal): Promise<Change> {
    // Another folder, or one that is open for writing: what happened in it since nobody has told us.
    if (this.selected?.path !== path || !this.selected.readOnly) return { kind: 'changed', hints: [] };
    return this.attempt(() => this.watch.wait(signal, () => lossOf(this.client)));
  }

  async close(): Promise<void> {
    // close() instead of logout(): a process manager waits less than two seconds for us.
    this.client.close();
  }

  /**
   * UIDVALIDITY is checked in the SELECT that the command runs under, or a stale UID names somebody else's message. A folder that
   * is selected already stays so: another SELECT would swallow what the server has to say about it.
   */
  private async select(path: string, uidValidity: string, readOnly: boolean): Promise<Selected> {
    const now = this.selected;
    const isOpen = now?.path === path && now.readOnly === readOnly;
    const selected = isOpen ? now : await this.open(path, readOnly);
    if (selected.uidValidity !== uidValidity) throw new MailError('EMAIL_FOLDER_CHANGED');
    return selected;
  }

  private async open(path: string, readOnly: boolean): Promise<Selected> {
    this.selected = null;
    this.watch.reset();
    const mailbox = await this.inFolder(() => this.client.mailboxOpen(path, { readOnly }));
    this.selected = { path, uidValidity: String(mailbox.uidValidity), objectId: objectIdOf(mailbox), readOnly };
    return this.selected;
  }

  /** `false` on a connection that lives is the server's NO, for example to a change in a folder that is read-only. */
  private accepted(answer: unknown): void {
    if (answer === false) throw refusalOf(this.client, 'EMAIL_CHANGE_REFUSED');
  }

  private async *translating<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* source;
    } catch (error) {
      throw this.ofFolder(error, 'EMAIL_MESSAGE_UNREADABLE');
    }
  }

  /** `attempt` for what opens or reads one folder. */
  private inFolder<T>(work: () => Promise<T>): Promise<T> {
    return this.attempt(work, (error) => this.ofFolder(error));
  }

  /**
   * The server answered that it cannot, or something that nobody understands, and the connection lives: it is this folder that cannot be
   * served now.
   * @param unforeseen what the latter is: of mails that are being read it may be one of them, and then they count as tried
   */
  private ofFolder(error: unknown, unforeseen: ErrorCode = 'EMAIL_FOLDER_BUSY'): MailError {
    const known = this.translated(error);
    if (!this.client.usable) return known;
    if (known.code === 'EMAIL_SERVER_UNREACHABLE') return new MailError('EMAIL_FOLDER_BUSY', { cause: error });
    return known.code === 'EMAIL_UNEXPECTED' ? new MailError(unforeseen, { cause: error }) : known;
  }

  private async attempt<T>(
    work: () => Promise<T>,
    translate: (error: unknown) => MailError = (error) => this.translated(error),
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw translate(error);
    }
  }

  private translated(error: unknown): MailError {
    const known = throttleError(this.client) ?? imapError(error);
    return known.code === 'EMAIL_CONNECTION_LOST' ? lossOf(this.client, known) : known;
  }
}

/** imapflow resolves `false` instead of rejecting when some commands fail; that must not pass for success. */
function confirmed(answer: unknown): void {
  if (answer === false) throw new MailError('EMAIL_CONNECTION_LOST');
}

function inChunks(ids: readonly RemoteId[]): RemoteId[][] {
  const chunks: RemoteId[][] = [];
  for (let at = 0; at < ids.length; at += MOST_UIDS) chunks.push(ids.slice(at, at + MOST_UIDS));
  return chunks;
}
