import { lossOf } from './connect';
import type { ImapClient } from './client';

type Fetch = ImapClient['fetch'];

/** imapflow's own, which its types do not name; a scripted client has none. */
interface Stated {
  readonly state?: unknown;
  readonly states?: { readonly SELECTED: unknown };
}

/**
 * Makes a FETCH on a line that has ended an error. imapflow answers it with nothing at all, as if the folder held nothing of what was asked for:
 * a listing that was cut there would pass for a whole one, and mails that were never asked for would count as tried.
 * `fetchAll` goes through `fetch`.
 */
export function refuseSilence(client: ImapClient): void {
  const fetch = client.fetch.bind(client);
  client.fetch = async function* (...asked: Parameters<Fetch>) {
    if (!isOpen(client)) throw lossOf(client);
    yield* fetch(...asked);
    // It may have ended before the command went out; then nobody asked. After a whole answer the next command would fail anyway.
    if (!isOpen(client)) throw lossOf(client);
  };
}

/** Connected, with a folder selected (RFC 9051 §3.3). */
function isOpen(client: ImapClient): boolean {
  const { state, states } = client as Stated;
  return client.usable && Boolean(client.mailbox) && (states === undefined || state === states.SELECTED);
}
