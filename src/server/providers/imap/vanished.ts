import type { ImapFlow } from 'imapflow';
import { parseUidSet, type UidRange } from '../../mail/uid-ranges';

/** The event `expunge` of a client: a message, or what a VANISHED named. */
export interface Expunged {
  readonly vanished?: boolean;
  readonly uid?: number;
  readonly uids?: readonly UidRange[];
}

/** What a VANISHED named, however the client tells it. */
export function vanishedOf({ vanished, uid, uids }: Expunged): readonly UidRange[] {
  if (!vanished) return [];
  return uids ?? (uid ? [{ from: uid, to: uid }] : []);
}

type Attribute = { readonly value?: unknown } | null | undefined;
interface Untagged {
  readonly attributes?: readonly (Attribute | readonly Attribute[])[];
}

/**
 * Tells of a VANISHED (RFC 7162 §3.2.10) in ranges, by one event. A server without its whole history names every UID that is not there (§3.2.7),
 * millions where they are sparse, and imapflow counts them out: an event each, seconds in which nothing else runs.
 * Call after `connect`, which sets the handlers.
 */
export function tellVanishedInRanges(client: ImapFlow): void {
  const { untaggedHandlers } = client as unknown as {
    untaggedHandlers: Record<string, (untagged: Untagged) => unknown>;
  };
  untaggedHandlers.VANISHED = ({ attributes = [] }) => {
    if (!client.mailbox) return;
    const sets = attributes.flatMap((one) => (Array.isArray(one) ? [] : [(one as Attribute)?.value]));
    const uids = sets.flatMap((set) => (typeof set === 'string' ? parseUidSet(set) : []));
    client.emit('expunge', { path: client.mailbox.path, vanished: true, uids });
  };
}
