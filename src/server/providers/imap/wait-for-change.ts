import type { ImapFlow } from 'imapflow';
import { MailError } from '../../errors/mail-error';

/** Servers may end an IDLE after 30 minutes, so it is renewed before (RFC 2177 §3). */
const RENEW_MS = 25 * 60_000;

/**
 * IDLE on a folder until the server reports something, the signal fires, or the connection closes.
 * Answers `new` when only arrivals were reported, `all` when flags or expunges were.
 */
export async function waitForChange(
  client: ImapFlow,
  path: string,
  signal: AbortSignal,
): Promise<'new' | 'all' | 'aborted'> {
  if (signal.aborted) return 'aborted';
  const before = client.mailbox && client.mailbox.path === path ? client.mailbox.exists : null;
  const mailbox = await client.mailboxOpen(path, { readOnly: true });
  // Something came between the last look and this SELECT: IDLE would never report it.
  if (before !== null && before !== mailbox.exists) return before < mailbox.exists ? 'new' : 'all';
  // Both may have happened during the SELECT, and neither is reported a second time.
  if (signal.aborted) return 'aborted';
  if (!client.usable) throw new MailError('EMAIL_CONNECTION_LOST');

  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => resolve('new')), RENEW_MS);
    const arrived = (): void => settle(() => resolve('new'));
    const changed = (): void => settle(() => resolve('all'));
    const aborted = (): void => settle(() => resolve('aborted'));
    const closed = (): void => settle(() => reject(new MailError('EMAIL_CONNECTION_LOST')));
    function settle(answer: () => void): void {
      clearTimeout(timer);
      client.off('exists', arrived).off('expunge', changed).off('flags', changed).off('close', closed);
      signal.removeEventListener('abort', aborted);
      answer();
    }
    client.on('exists', arrived).on('expunge', changed).on('flags', changed).on('close', closed);
    signal.addEventListener('abort', aborted, { once: true });
    // Ends by itself when the next command is sent; its own failure shows as `close`.
    client.idle().catch(() => undefined);
  });
}
