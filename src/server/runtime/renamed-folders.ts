import type { AccountId } from '../mail/ids';
import type { FolderRow } from '../ports/records';
import type { Tx } from './table';
import type { Tables } from './tables';

const KNOWN = [
  'id',
  'epoch',
  'objectId',
  'isGone',
  'goneAt',
  'begunAt',
  'isSelectable',
  'scannedAt',
  'errorCode',
] as const;

export type KnownFolder = Pick<FolderRow, (typeof KNOWN)[number]>;

/** All folders of an account, also those that are gone and still remembered. */
export function foldersOf(
  { folders }: Tables,
  { accountId }: { readonly accountId: AccountId },
  tx?: Tx,
): Promise<KnownFolder[]> {
  return folders.find({ accountId }, { attributes: [...KNOWN], transaction: tx });
}

type Named = Pick<FolderRow, 'id' | 'epoch' | 'objectId' | 'isGone' | 'goneAt' | 'begunAt'>;

/**
 * Whether a folder may be one that is gone, under another name and with its mails at the same places. Where both have a MAILBOXID (RFC 8474) it says
 * so. Where not, UIDVALIDITY and UID say nothing where several folders have the same UIDVALIDITY, as on servers where it is always 1: then a
 * new folder may hold copies at these places, of which nobody has wished anything. One that was gone before this one began is no third one: names change
 * in a chain. Pure.
 * @param all folders of the account, known or remembered
 */
export function mayBeRenamed(gone: Named, heir: Named, all: readonly Named[]): boolean {
  if (gone.objectId !== null && heir.objectId !== null) return gone.objectId === heir.objectId;
  const isEarlier = ({ isGone, goneAt }: Named): boolean =>
    isGone && goneAt !== null && gone.begunAt !== null && goneAt <= gone.begunAt;
  return !all.some(
    (one) =>
      one.id !== gone.id && one.id !== heir.id && one.epoch !== null && one.epoch === heir.epoch && !isEarlier(one),
  );
}
