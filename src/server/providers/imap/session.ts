import type { Readable } from 'node:stream';
import type { ImapFlow, MailboxObject } from 'imapflow';
import { MailError } from '../../errors/mail-error';
import type { FlagChange } from '../../mail/flags';
import { folderRole } from '../../mail/folder-role';
import { splitRemoteId, type RemoteId } from '../../mail/ids';
import type { Connection } from '../../ports/provider';
import type { FolderObservation, Look, MailboxSession, RemoteContent, RemoteFolder } from '../../ports/session';
import { connectImap, throttleError } from './connect';
import { fetchCarefully, fetchContents } from './contents';
import { imapError } from './errors';
import { observeFolder } from './observe';
import { partStream } from './part-stream';
import { waitForChange } from './wait-for-change';

/** A mailbox over IMAP4rev1 (RFC 3501) with whatever the server offers beyond; relies on no extension but UID. */
export class ImapSession implements MailboxSession {
  private constructor(private readonly client: ImapFlow) {}

  static async open(connection: Connection): Promise<ImapSession> {
    return new ImapSession(await connectImap(connection));
  }

  async listFolders(): Promise<RemoteFolder[]> {
    const listed = await this.attempt(() => this.client.list());
    return listed.map((entry) => ({
      path: entry.path,
      name: entry.name,
      delimiter: entry.delimiter,
      role: folderRole(entry.path, entry.specialUse ?? null),
      isSelectable: !entry.flags.has('\\Noselect') && !entry.flags.has('\\NonExistent'),
    }));
  }

  async observe(path: string, look: Look): Promise<FolderObservation> {
    return this.attempt(async () => {
      await this.client.mailboxOpen(path, { readOnly: true });
      return observeFolder(this.client, look);
    });
  }

  async *contents(path: string, ids: readonly RemoteId[], careful: boolean): AsyncIterable<RemoteContent> {
    if (ids.length === 0) return;
    await this.select(path, splitRemoteId(ids[0]).uidValidity, true);
    try {
      yield* careful ? fetchCarefully(this.client, ids) : fetchContents(this.client, ids);
    } catch (error) {
      throw this.translated(error);
    }
  }

  async fetchPart(path: string, id: RemoteId, part: string): Promise<Readable> {
    const { uidValidity, uid } = splitRemoteId(id);
    await this.select(path, uidValidity, true);
    return this.attempt(() => partStream(this.client, uid, part, (error) => this.translated(error)));
  }

  async storeFlags(path: string, id: RemoteId, change: FlagChange): Promise<void> {
    const { uidValidity, uid } = splitRemoteId(id);
    await this.select(path, uidValidity, false);
    await this.attempt(async () => {
      const options = { uid: true, silent: true };
      if (change.add.length > 0) confirmed(await this.client.messageFlagsAdd(String(uid), [...change.add], options));
      if (change.remove.length > 0)
        confirmed(await this.client.messageFlagsRemove(String(uid), [...change.remove], options));
    });
  }

  async append(path: string, source: Buffer, flags: readonly string[]): Promise<void> {
    await this.attempt(async () => confirmed(await this.client.append(path, source, [...flags])));
  }

  async hasMessage(path: string, messageId: string): Promise<boolean> {
    return this.attempt(async () => {
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

  async waitForChange(path: string, signal: AbortSignal): Promise<'new' | 'all' | 'aborted'> {
    return this.attempt(() => waitForChange(this.client, path, signal));
  }

  async close(): Promise<void> {
    // close() instead of logout(): a process manager waits less than two seconds for us.
    this.client.close();
  }

  /** UIDVALIDITY is checked in the SELECT that the fetch runs under, or a stale UID names somebody else's message. */
  private async select(path: string, uidValidity: string, readOnly: boolean): Promise<MailboxObject> {
    const mailbox = await this.attempt(() => this.client.mailboxOpen(path, { readOnly }));
    if (String(mailbox.uidValidity) !== uidValidity) throw new MailError('EMAIL_FOLDER_CHANGED');
    return mailbox;
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.translated(error);
    }
  }

  private translated(error: unknown): MailError {
    return throttleError(this.client) ?? imapError(error);
  }
}

/** imapflow resolves `false` instead of rejecting when some commands fail; that must not pass for success. */
function confirmed(answer: unknown): void {
  if (answer === false) throw new MailError('EMAIL_CONNECTION_LOST');
}
