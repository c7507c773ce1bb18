import { pipeline, type Readable } from 'node:stream';
import { asMailError } from '../errors/mail-error';
import { remoteId } from '../mail/ids';
import type { AccountRow, AttachmentRow, FolderRow, PlacementRow } from '../ports/records';
import type { BorrowedSession, SessionPool } from '../accounts/session-pool';
import { StallGuard } from './stall-guard';

/** A phone on a bad line still moves a few kilobytes in this time. */
const PATIENCE_MS = 60_000;

export interface AttachmentPlace {
  readonly attachment: AttachmentRow;
  readonly placement: PlacementRow;
  readonly folder: FolderRow;
}

/** Content of a received file, decoded, straight from the mailbox. The connection is given back with the stream's end. */
export async function openAttachment(
  account: AccountRow,
  place: AttachmentPlace,
  sessions: Pick<SessionPool, 'borrow'>,
  signal?: AbortSignal,
): Promise<Readable> {
  const borrowed = await sessions.borrow(account, { signal });
  try {
    return await stream(borrowed, place);
  } catch (error) {
    // A connection that lay idle may have been closed by the server; that says nothing about the file.
    if (!borrowed.isReused || asMailError(error).kind !== 'transient') throw error;
  }
  return stream(await sessions.borrow(account, { fresh: true, signal }), place);
}

async function stream({ session, giveBack }: BorrowedSession, place: AttachmentPlace): Promise<Readable> {
  try {
    const id = remoteId(place.placement.uidValidity, place.placement.uid);
    const content = await session.fetchPart(place.folder.path, id, place.attachment.part);
    // `close` alone means that the reader went away in the middle of an answer.
    content.once('end', () => giveBack(true)).once('close', () => giveBack(false));
    content.once('error', (error) => giveBack(false, error));
    return pipeline(content, new StallGuard(PATIENCE_MS), () => undefined);
  } catch (error) {
    giveBack(false, error);
    throw error;
  }
}
