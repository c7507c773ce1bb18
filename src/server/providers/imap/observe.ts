import type { ImapFlow, MailboxObject } from 'imapflow';
import { MailError } from '../../errors/mail-error';
import { remoteId } from '../../mail/ids';
import type { FolderCursor, FolderObservation, Look, RemoteState } from '../../ports/session';

interface Watermark {
  readonly v: string;
  readonly n: number;
}

/** Looks at the selected folder without any extension: the way Exchange Online has to be read. */
export async function observeFolder(client: ImapFlow, look: Look): Promise<FolderObservation> {
  const mailbox = client.mailbox as MailboxObject;
  const epoch = String(mailbox.uidValidity);
  const mark = readCursor(look.since);
  const canAskForNew = look.depth === 'new' && mark !== null && mark.v === epoch;
  // Taken from SELECT, before anything is fetched: what changes while we read is seen again next time (I1).
  const uidNext = mailbox.uidNext || 0;
  const states = canAskForNew ? await listNew(client, epoch, mark.n) : await listAll(client, epoch, mailbox.exists);
  return {
    epoch,
    scope: canAskForNew ? 'since-cursor' : 'all',
    states: states.filter((state) => !look.notBefore || state.receivedAt >= look.notBefore),
    gone: [],
    next: JSON.stringify({ v: epoch, n: uidNext || highestUid(states) + 1 } satisfies Watermark) as FolderCursor,
  };
}

/** `UID n:*` answers with the last old message when nothing is new (RFC 9051 §9, `*`), so old ones are dropped. */
async function listNew(client: ImapFlow, epoch: string, from: number): Promise<RemoteState[]> {
  if ((client.mailbox as MailboxObject).exists === 0) return [];
  const states = await fetchStates(client, epoch, `${from}:*`, true);
  return states.filter((state) => Number(state.id.split(':')[1]) >= from);
}

async function listAll(client: ImapFlow, epoch: string, exists: number): Promise<RemoteState[]> {
  if (exists === 0) return [];
  let expunged = 0;
  const count = (): void => void (expunged += 1);
  client.on('expunge', count);
  try {
    const states = await fetchStates(client, epoch, '1:*', false);
    // An answer with fewer messages than the server counted is not proof that the others are gone.
    if (states.length < exists - expunged) throw new MailError('EMAIL_FOLDER_CHANGED');
    return states;
  } finally {
    client.off('expunge', count);
  }
}

async function fetchStates(client: ImapFlow, epoch: string, range: string, byUid: boolean): Promise<RemoteState[]> {
  const states = new Map<number, RemoteState>();
  for await (const message of client.fetch(
    range,
    { uid: true, flags: true, internalDate: true, size: true },
    { uid: byUid },
  )) {
    states.set(message.uid, {
      id: remoteId(epoch, message.uid),
      flags: message.flags ?? new Set<string>(),
      receivedAt: dateOf(message.internalDate),
      sizeBytes: message.size ?? 0,
    });
  }
  return [...states.values()];
}

/** INTERNALDATE is always there on a sound server; a missing one sorts last instead of looking new. */
function dateOf(value: Date | string | undefined): Date {
  const date = value instanceof Date ? value : new Date(value ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

function highestUid(states: readonly RemoteState[]): number {
  return states.reduce((highest, state) => Math.max(highest, Number(state.id.split(':')[1])), 0);
}

function readCursor(cursor: FolderCursor | null): Watermark | null {
  return cursor ? (JSON.parse(cursor) as Watermark) : null;
}
